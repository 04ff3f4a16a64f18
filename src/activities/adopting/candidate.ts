import type { Manifest, Sha, Terms } from '../../contract/release.js';
import type { Subject } from '../../contract/activities.js';
import type { Candidate } from '../../contract/state.js';
import type { AlreadyTrue } from '../../contract/adopting.js';
import { short } from '../../contract/digest.js';
import { normaliseVersion } from '../../contract/version.js';
import { summarise } from '../../config/package-config.js';
import { readBuilt } from '../build.js';
import { packageAt, readConfigAt } from '../git/package-at.js';
import { versionSubject } from '../git/version-commit.js';
import { indexedFiles } from '../package-index.js';
import type { Mirror } from '../support/git/mirror.js';
import { keptRef } from '../support/git/names.js';
import { listCommits, readLog } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';

/** A commit of a release that sets a version, and its parent. */
interface VersionCommit {
  readonly version: string;
  readonly parent: Sha;
}

/** What a commit sets the version to, if it is one that a release has made and kept. */
export async function versionCommitAt(
  mirror: Mirror,
  subject: Subject,
  commit: Sha,
): Promise<VersionCommit | undefined> {
  const [said] = await readLog(mirror, [commit], ['-1']);
  const version = said?.message.split('\n')[0]?.slice(versionSubject.length) ?? '';
  // Anybody can write such a subject; only releases keep their commits.
  if (said?.message.trim() !== `${versionSubject}${version}` || version !== normaliseVersion(version))
    return undefined;
  const [kept] = await listCommits(mirror, keptRef(subject, version, commit));
  const [parent] = kept?.parents ?? [];
  return parent === undefined ? undefined : { version, parent };
}

/** The candidate at which a release branch stands, as git alone tells it: nothing of it counts as tested or approved. */
export async function candidateInGit(
  mirror: Mirror,
  subject: Subject,
  head: Sha,
): Promise<Candidate | undefined> {
  const set = await versionCommitAt(mirror, subject, head);
  if (set?.version.startsWith(`${subject.version}.dev`) !== true) return undefined;
  const found = await readConfigAt(await packageAt(mirror, set.parent));
  if ('problems' in found) return undefined;
  return {
    base: set.parent,
    config: summarise(found.config, found.digest, subject.version),
    configChanges: [],
    coverage: [],
    findings: [],
    version: set.version,
    commit: head,
  };
}

/** What is left of a candidate: its files in the store, and what the test index lists of them. */
export interface Left {
  readonly manifest?: Manifest;
  /** Whether the test index, where it is not waived, lists all of them with our sha256. */
  readonly isWhole: boolean;
  /** Whether the test index lists files that are not proven to be ours. */
  readonly foreign: readonly string[];
  readonly already: readonly AlreadyTrue[];
}

/** Reads what is left of a candidate; `test` is undefined where people have waived that index. */
export async function readLeft(
  bench: Workbench,
  { package: name }: Subject,
  { version = '', commit, manifest: known }: Candidate,
  test: Terms['test'] | undefined,
): Promise<Left> {
  const built = known?.commit ?? commit;
  if (built === undefined) return { isWhole: false, foreign: [], already: [] };
  const subject = { package: name, version };
  const set: AlreadyTrue = { step: '02-set-version', what: `${version} stands at ${short(built)}` };
  // What the store has lost is as good as not built.
  const manifest = await readBuilt(bench, subject, built).catch(() => undefined);
  const kept =
    manifest === undefined ? { already: [set] } : { manifest, already: [set, filesLine(manifest)] };
  if (test === undefined) return { ...kept, isWhole: manifest !== undefined, foreign: [] };
  const { ours, foreign } = await compare(bench, test, subject, manifest);
  if (manifest === undefined) return { ...kept, isWhole: false, foreign };
  const already = [...kept.already, servedLine(test.name, ours, manifest)];
  return { manifest, already, isWhole: ours === manifest.files.length, foreign };
}

/** How many of our files an index lists, and those that are not ours, with both hashes. */
async function compare(
  bench: Workbench,
  index: Terms['test'],
  subject: Subject,
  manifest: Manifest | undefined,
): Promise<{ readonly ours: number; readonly foreign: readonly string[] }> {
  const listed = await indexedFiles(bench, index, subject);
  const ours = new Map(manifest?.files.map(({ filename, sha256 }) => [filename, sha256]));
  const foreign = listed.filter(({ filename, sha256 }) => ours.get(filename) !== sha256);
  return {
    ours: listed.length - foreign.length,
    foreign: foreign.map(
      ({ filename, sha256 }) =>
        `${index.name} holds ${filename} with sha256 ${sha256}, the store ${ours.get(filename) ?? 'nothing'}`,
    ),
  };
}

function filesLine({ version, files }: Manifest): AlreadyTrue {
  const names = files.map(({ filename, sha256 }) => `${filename} (sha256 ${short(sha256)}…)`);
  return { step: '03-build-and-check', what: `${version} is built and kept: ${names.join(', ')}` };
}

function servedLine(index: string, count: number, { version, files }: Manifest): AlreadyTrue {
  return {
    step: '04-publish-to-test-index',
    what: `${index} lists ${String(count)} of the ${String(files.length)} files of ${version}, with our sha256`,
  };
}
