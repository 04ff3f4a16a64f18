import { short } from '../../contract/digest.js';
import { fail, failByFinding, pass, unknown, type Precondition } from '../../contract/preconditions.js';
import type { Sha, Terms } from '../../contract/release.js';
import type { OpenForge } from '../forge/forge.js';
import { badgeFindings } from '../git/badges.js';
import { packageAt } from '../git/package-at.js';
import { containmentFindings } from '../git/pull-request.js';
import { git } from '../support/git/command.js';
import { freshMirror, type Mirror } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import { inquire } from './inquiring.js';

/** The first git that can merge without a work tree. */
const leastGit = [2, 38] as const;

/** What the steps after admission would find in the repository and on its forge. */
export async function repositoryPreconditions(
  bench: Workbench,
  openForge: OpenForge,
  terms: Terms,
): Promise<Precondition[]> {
  const { repository, base, branch } = terms;
  const tool = await inquire('machine', 'git', async () => [await gitPrecondition(bench, repository)]);
  if (tool.some(({ state }) => state !== 'pass')) return [...tool];
  const protection = await inquire('forge', `The protection of ${base}`, async () => [
    protectionPrecondition(base, await openForge(repository).readProtection(base)),
  ]);
  const mirror = await freshMirror(bench, repository);
  const [head, baseHead] = await Promise.all([
    readRef(mirror, branchRef(branch)),
    readRef(mirror, branchRef(base)),
  ]);
  const ends = baseHead === undefined ? [noBase(terms)] : await endsOf(mirror, terms, head, baseHead);
  return [...tool, ...ends, ...protection];
}

async function gitPrecondition(bench: Workbench, address: string): Promise<Precondition> {
  const { stdout } = await git({ bench, address }, ['--version']);
  const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  const said = stdout.trim();
  const isNew =
    Number(major) > leastGit[0] || (Number(major) === leastGit[0] && Number(minor) >= leastGit[1]);
  return isNew
    ? pass('machine', `${said} is there`)
    : fail(
        'machine',
        `${said} cannot merge without a work tree`,
        `install git ${leastGit.join('.')} or newer, and restart the worker.`,
      );
}

function noBase({ repository, base }: Terms): Precondition {
  return fail(
    'branch',
    `${repository} has no branch ${base}, into which the release is to be merged`,
    'mend `base` of the package in slipway.toml, and restart the worker.',
  );
}

/** How the release branch stands to its base, and what its documents show of that. */
async function endsOf(
  mirror: Mirror,
  { base, branch }: Terms,
  head: Sha | undefined,
  previous: Sha,
): Promise<Precondition[]> {
  if (head === undefined || base === branch) return [];
  const [containment, badges] = await Promise.all([
    containmentFindings(mirror, base, branch, { head, previous }),
    packageAt(mirror, head).then((at) => badgeFindings(at, base)),
  ]);
  return [
    ...[...containment, ...badges].map((found) => failByFinding('branch', found)),
    ...(containment.length > 0
      ? []
      : [pass('branch', `${branch} holds all of ${base}, which stands at ${short(previous)}`)]),
    ...(badges.length > 0
      ? []
      : [pass('branch', `No coverage badge or link shows another branch than ${base}`)]),
  ];
}

/** Only a forge knows, and not every one tells. */
function protectionPrecondition(base: string, isProtected: boolean | undefined): Precondition {
  if (isProtected === undefined)
    return unknown(
      'forge',
      `Whether ${base} is protected: a plain git repository tells nobody, and a push that it refuses is the first to show it`,
    );
  return pass(
    'forge',
    isProtected
      ? `${base} is protected by the rules of the forge`
      : `${base} is not protected: whoever may write to the repository can push to it past every review`,
  );
}
