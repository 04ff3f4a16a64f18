import type { PublishParts } from '../parts.js';
import type { LastStable, StableNeighbours, Subject, UrgentActivities } from '../../contract/activities.js';
import { isFinal, normaliseVersion, sortVersions } from '../../contract/version.js';
import { freshMirror, isAncestor, type Mirror } from '../support/git/mirror.js';
import { branchRef, keptRefs, tagRef } from '../support/git/names.js';
import { listRefs, readLog, readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';
import { packageAt, readConfigAt, readVersions } from './package-at.js';
import { versionSubject } from './version-commit.js';

type LineOfVersions = Parameters<UrgentActivities['readLastStable']>[0];

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
  const [settled, standing] = [await settledVersions(mirror, subject), await branchVersions(mirror, branch)];
  return sortVersions([...new Set([...settled, ...standing.map(normaliseVersion)])]);
}

/** Those of them that nothing can change any more: by tags, and by the commits that releases kept. */
export async function settledVersions(mirror: Mirror, subject: Subject): Promise<string[]> {
  const tags = (await listRefs(mirror, 'refs/tags/')).flatMap(
    (ref) => /(?:^|[^\d.])(\d.*)$/.exec(ref.slice('refs/tags/'.length))?.[1] ?? [],
  );
  return [...tags, ...(await keptVersions(mirror, subject))].map(normaliseVersion);
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

/** The nearest of these versions below and above the subject's whose tags main's own line contains; of all that are tagged, where none are given. */
export async function findStableNeighbours(
  bench: Workbench,
  { repository, base, subject, tag }: Pick<LineOfVersions, 'repository' | 'base' | 'subject' | 'tag'>,
  stable?: readonly string[],
): Promise<Omit<StableNeighbours, 'unread' | 'noRevert'>> {
  const mirror = await freshMirror(bench, repository);
  const head = await readRef(mirror, branchRef(base));
  if (head === undefined) return {};
  const tagOf = (version: string) => tag.replace(subject.version, () => version);
  const firstOnBase = async (versions: readonly string[]): Promise<LastStable | undefined> => {
    for (const version of versions) {
      const commit = await readRef(mirror, tagRef(tagOf(version)));
      if (commit !== undefined && (await isAncestor(mirror, commit, head)))
        return { version, tag: tagOf(version), commit };
    }
    return undefined;
  };
  const tagged = await finalTags(mirror, tagOf);
  const { below, above } = around(subject.version, stable ?? tagged);
  const lastStable = await firstOnBase(below);
  const newer = await firstOnBase(above);
  const unlisted = lastStable ?? (await firstOnBase(around(subject.version, tagged).below));
  return {
    ...(lastStable === undefined ? {} : { lastStable }),
    ...(lastStable !== undefined || unlisted === undefined ? {} : { onlyTagged: unlisted.tag }),
    ...(newer === undefined ? {} : { newer }),
  };
}

/** The versions on both sides of one, the nearest first. */
function around(version: string, known: readonly string[]): { below: string[]; above: string[] } {
  const sorted = sortVersions([...known.filter((other) => other !== version), version]);
  const at = sorted.indexOf(version);
  return { below: sorted.slice(0, at).reverse(), above: sorted.slice(at + 1) };
}

/** The final versions that tags of this form name. */
async function finalTags(mirror: Mirror, tagOf: (version: string) => string): Promise<string[]> {
  const [before = '', after = ''] = tagOf('\0').split('\0');
  const names = (await listRefs(mirror, 'refs/tags/')).map((ref) => ref.slice('refs/tags/'.length));
  return names
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .map((name) => name.slice(before.length, name.length - after.length))
    .filter((version) => isFinal(version) && normaliseVersion(version) === version);
}
