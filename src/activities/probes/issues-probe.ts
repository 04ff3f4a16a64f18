import type { PublishActivities, Subject } from '../../contract/activities.js';
import type { Measured } from '../../contract/probes.js';
import { finding } from '../../contract/verdict.js';
import type { Forge, Issue, OpenForge } from '../forge/forge.js';
import { probeRound } from './round.js';

/** The probe that hears what users write to the maintainers. */
export function createIssuesProbe(openForge: OpenForge): Pick<PublishActivities, 'awaitIssuesProbe'> {
  return {
    awaitIssuesProbe: ({ repository, subject, since, ...round }) =>
      probeRound(round, () => measureIssues(openForge(repository), subject, since, round.known)),
  };
}

/** An issue that was told once is nothing new, whatever becomes of its title. */
async function measureIssues(
  forge: Forge,
  { package: name, version }: Subject,
  since: string,
  known: readonly string[],
): Promise<Measured> {
  if (forge.listIssues === undefined) return { kind: 'unmeasured', why: 'this forge has no issues' };
  const naming = (await forge.listIssues(since)).filter(({ title, body }) =>
    namesVersion(`${title}\n${body}`, version),
  );
  const told = ({ url }: Issue) => known.some((title) => title.startsWith(`${url} `));
  const fresh = naming.filter((issue) => !told(issue));
  if (fresh.length > 0)
    return {
      kind: 'failed',
      findings: fresh.map(({ url, by, title }) => finding(`${url} by ${by} names ${version}: "${title}"`)),
    };
  const count = naming.length === 0 ? 'no issue names' : `${String(naming.length)} told already name`;
  return { kind: 'passed', evidence: { what: `${count} ${name} ${version} since it was published` } };
}

/** Whether a text names exactly this version, and not another one that begins or ends like it. */
export function namesVersion(text: string, version: string): boolean {
  const before = '(?<![A-Za-z0-9]|[0-9][.!])v?';
  const after =
    '(?![A-Za-z0-9+!]|[.-]?(?:[0-9]|(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[.-]?[0-9]))';
  return new RegExp(`${before}${version.replace(/[.+!]/g, '\\$&')}${after}`, 'i').test(text);
}
