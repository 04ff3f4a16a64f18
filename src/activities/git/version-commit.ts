import { ConfigurationError } from '../../config/problems.js';
import type { PackageConfig } from '../../config/package-config.js';
import { writeVersion } from '../../config/version-place.js';
import type { PublishActivities } from '../../contract/activities.js';
import { short } from '../../contract/digest.js';
import type { Sha } from '../../contract/release.js';
import { finding, notPassed, type Finding } from '../../contract/verdict.js';
import { makeCommit, makeTree } from '../support/git/making.js';
import { mirrorWith } from '../support/git/mirror.js';
import { branchRef, keptRef } from '../support/git/names.js';
import type { RefUpdate } from '../support/git/push.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';
import { beyondVersion, openConfig, packageAt, readVersions, type PackageAt } from './package-at.js';

type Input = Parameters<PublishActivities['ensureVersionCommit']>[0];

/** The subject of a commit that sets a version. */
export const versionSubject = 'Set version to ';

/** Writes the version into every version file as one commit, proves that nothing else changed, and pushes it. */
export async function ensureVersionCommit(
  bench: Workbench,
  input: Input,
): ReturnType<PublishActivities['ensureVersionCommit']> {
  const { source, version, branch, subject } = input;
  const at = await packageAt(await mirrorWith(bench, source.repository, source.commit), source.commit);
  const config = await openConfig(at, source);
  const commit = await makeVersionCommit(at, config, version, branch !== undefined);
  if (typeof commit !== 'string') return notPassed([commit]);
  await proveOnlyVersion(at, commit, config, version);
  const kept: RefUpdate = { ref: keptRef(subject, version, commit), expected: undefined, wanted: commit };
  const onBranch =
    branch === undefined ? [] : [{ ref: branchRef(branch), expected: source.commit, wanted: commit }];
  const outcome = await updateOrFail(at.mirror, [...onBranch, kept]);
  if (outcome.state === 'moved')
    return notPassed([movedFinding(branch ?? outcome.ref, source.commit, outcome.found)]);
  return {
    passed: true,
    commit,
    evidence: [
      {
        what: `${placesIn(config, version)}, and nothing else changed since ${short(source.commit)}`,
      },
      { what: `${branch ?? kept.ref} stands at ${commit}` },
    ],
  };
}

function placesIn({ versionFiles, versionVariable }: PackageConfig, version: string): string {
  return [
    ...(versionFiles.length === 0 ? [] : [`${version} stands in ${versionFiles.join(' and ')}`]),
    ...(versionVariable === undefined ? [] : [`${versionVariable}=${version} tells it to the build`]),
  ].join(' and ');
}

/**
 * The commit that sets the version. The branch always gets one, empty where no file changes: it is the trace of the number,
 * and a branch without a commit of its own could not be merged.
 */
async function makeVersionCommit(
  at: PackageAt,
  config: PackageConfig,
  version: string,
  onBranch: boolean,
): Promise<Sha | Finding> {
  const texts = new Map<string, { mode: string; text: string }>();
  try {
    for (const { path, mode } of at.entries.filter((entry) => config.versionFiles.includes(entry.path))) {
      const before = (await at.read(path)) ?? '';
      const text = writeVersion(path, before, version);
      if (text !== before) texts.set(path, { mode, text });
    }
  } catch (error) {
    if (error instanceof ConfigurationError) return finding(error.message);
    throw error;
  }
  if (texts.size === 0 && !onBranch) return at.commit;
  const tree = await makeTree(at.mirror, at.commit, texts);
  return makeCommit(at.mirror, { tree, parents: [at.commit], message: `${versionSubject}${version}` });
}

/** Reads the commit back: what differs from its parent are version files, and in those nothing but the version. */
async function proveOnlyVersion(
  before: PackageAt,
  commit: Sha,
  config: PackageConfig,
  version: string,
): Promise<void> {
  const after = await packageAt(before.mirror, commit);
  const now = await readVersions(after, config);
  const wrong = [...now].filter(([, found]) => found !== version).map(([path]) => path);
  const unproven = [...(await beyondVersion(before, after, config)), ...wrong];
  if (unproven.length > 0)
    throw new Error(`the commit ${commit} changes more than the version, in ${unproven.join(', ')}`);
}

/** A branch that is not where the release left it. */
export function movedFinding(branch: string, expected: Sha, found: Sha | undefined): Finding {
  return found === undefined
    ? finding(
        `The branch ${branch} is gone: push it again with one more commit, an empty one will do, and send \`fix\``,
        `It stood at ${expected}.`,
      )
    : finding(
        `The branch moved: ${branch} stands at ${short(found)} and not at ${short(expected)}`,
        `Send \`fix\`, so that ${found} is judged in place of ${expected}.`,
      );
}
