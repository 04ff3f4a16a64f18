import type { PublishParts } from '../parts.js';
import type { LastStable, Subject, UrgentActivities } from '../../contract/activities.js';
import { normaliseVersion, sortVersions } from '../../contract/version.js';
import { freshMirror, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRefs, tagRef } from '../support/git/names.js';
import { listRefs, readLog, readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import { packageAt, readConfigAt, readVersions } from './package-at.js';
import { versionSubject } from './version-commit.js';

/** Every version that git knows of: by tags, by the commits that releases kept, and by the branch and its history. */
export async function versionsInGit(
  bench: Workbench,
  {
    repository,
    branch,
    subject,
  }: Pick<Parameters<PublishParts['readNextNumber']>[0], 'repository' | 'branch' | 'subject'>,
): Promise<string[]> {
  const mirror = await freshMirror(bench, repository);
  const tags = await listRefs(mirror, 'refs/tags/');
  const all = [
    ...tags.flatMap((ref) => /(?:^|[^\d.])(\d.*)$/.exec(ref.slice('refs/tags/'.length))?.[1] ?? []),
    ...(await keptVersions(mirror, subject)),
    ...(await branchVersions(mirror, branch)),
  ];
  return sortVersions([...new Set(all.map(normaliseVersion))]);
}

async function keptVersions(mirror: Mirror, subject: Subject): Promise<string[]> {
  const prefix = keptRefs(subject.package);
  return (await listRefs(mirror, prefix)).flatMap((ref) => ref.slice(prefix.length).split('/')[1] ?? []);
}

async function branchVersions(mirror: Mirror, branch: string): Promise<string[]> {
  const head = await readRef(mirror, branchRef(branch));
  if (head === undefined) return [];
  const log = await readLog(mirror, [head], [`--grep=^${versionSubject}`]);
  const set = log.flatMap(({ message }) => /^Set version to (\S+)$/m.exec(message)?.[1] ?? []);
  const at = await packageAt(mirror, head);
  const found = await readConfigAt(at);
  return 'problems' in found ? set : [...set, ...(await readVersions(at, found.config)).values()];
}

/** The nearest of these versions below and above the subject's whose tags main's own line contains. */
export async function findStableNeighbours(
  bench: Workbench,
  { repository, base, subject, tag }: Omit<Parameters<UrgentActivities['readLastStable']>[0], 'index'>,
  stable: readonly string[],
): Promise<{ lastStable?: LastStable; newer?: LastStable }> {
  const mirror = await freshMirror(bench, repository);
  const head = await readRef(mirror, branchRef(base));
  if (head === undefined) return {};
  const firstOnBase = async (versions: readonly string[]): Promise<LastStable | undefined> => {
    for (const version of versions) {
      const name = tag.replace(subject.version, () => version);
      const commit = await readRef(mirror, tagRef(name));
      if (commit !== undefined && (await isAncestor(mirror, commit, head)))
        return { version, tag: name, commit };
    }
    return undefined;
  };
  const sorted = sortVersions([...stable.filter((version) => version !== subject.version), subject.version]);
  const at = sorted.indexOf(subject.version);
  const lastStable = await firstOnBase(sorted.slice(0, at).reverse());
  const newer = await firstOnBase(sorted.slice(at + 1));
  return { ...(lastStable === undefined ? {} : { lastStable }), ...(newer === undefined ? {} : { newer }) };
}
