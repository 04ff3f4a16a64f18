import type { ApplicationFailure } from '@temporalio/common';

import { failure } from '../../../src/contract/failures.js';
import type { IndexAddress, Manifest, Sha } from '../../../src/contract/release.js';
import { finding, notPassed, type Verdict } from '../../../src/contract/verdict.js';
import { modelWorld, type Activities } from '../../workflows/world.js';
import type { Attempt } from './attempts.js';
import type { IndexName, Outside } from './outside.js';
import type { Plan } from './plan.js';
import type { Draws } from './draws.js';

type Some = Partial<Activities>;
type Input<Name extends keyof Activities> = Parameters<Activities[Name]>[0];

const proved = (what: string) => ({ passed: true as const, evidence: [{ what }] });

/** What the activities of a model have to do with. */
export interface Model {
  readonly outside: Outside;
  readonly plan: Plan;
  readonly draws: Draws;
}

const named = (index: IndexAddress): IndexName => (index.name === 'test' ? 'test' : 'production');

/** Two hashes where there may be one: nobody may go on from there. */
function otherBytes(what: string): ApplicationFailure {
  return failure('integrity', {
    now: what,
    not: 'Nothing was changed.',
    next: 'Find out who has changed it.',
  });
}

const passing = modelWorld().activities;

/** What an attempt does: everything of the modelled world that passes, and here what changes something. */
export function activitiesOf(model: Model, attempt: Attempt): Some {
  return {
    ...passing,
    ...judging(model),
    ...gitOf(model, attempt),
    ...mainOf(model, attempt),
    ...indexesOf(model, attempt),
    ...yanksOf(model, attempt),
  };
}

/** What may be found to be wrong, a drawn number of times. */
function judging(model: Model): Some {
  const { outside, plan, draws } = model;
  const maybe = <T extends object>(right: T): T | Verdict<never> => {
    if (plan.findings <= 0 || !draws.chance(0.15)) return right;
    plan.findings -= 1;
    if (draws.chance(0.3))
      throw failure('operator', {
        now: 'It answers 401.',
        not: 'Nothing was done.',
        next: 'Mend it, then `retry`.',
      });
    return notPassed([finding('it is red')]);
  };
  const head = () => ({ commit: outside.at(plan.terms.branch), config: plan.config, configChanges: [] });
  return {
    readTerms: async () => ({ terms: plan.terms, head: head() }),
    readBranch: async () =>
      head().commit === ''
        ? notPassed([finding('the branch is gone')])
        : maybe({ ...proved('branch'), head: head() }),
    checkSuites: async () => maybe({ ...proved('100 %'), coverage: { lines: 1, covered: 1, reports: [] } }),
    checkInstallation: async () => maybe(proved('installed')),
    runMode: async () => maybe(proved('mode')),
    runApplication: async () => maybe(proved('application')),
    ensureReady: async () => ({
      arming: { armed: plan.armed ? [{ driver: 'command' as const }] : [], evidence: [], toDo: ['arm it'] },
      plan: [],
    }),
    buildArtifacts: async ({ package: name, version, source }) =>
      maybe({ ...proved('built'), manifest: outside.build(name, version, source.commit) }),
  };
}

function gitOf({ outside, plan }: Model, { pause }: Attempt): Some {
  const ref = `refs/heads/${plan.terms.branch}`;
  /** Brings a version's commit onto the branch by compare-and-swap. */
  const ensureCommit = async (version: string, from: Sha): Promise<Verdict<{ commit: Sha }>> => {
    const commit = outside.commit(`version ${version}`, from);
    await pause();
    if (outside.at(plan.terms.branch) !== commit) {
      if (outside.at(plan.terms.branch) !== from) return notPassed([finding('the branch has moved')]);
      outside.move(ref, commit, { key: `version ${version} on ${from}` });
    }
    await pause();
    return { ...proved(version), commit };
  };
  return {
    ensureDevVersion: async ({ source, candidate, subject }) => {
      const version = `${subject.version}.dev${String(candidate - 1)}`;
      const made = await ensureCommit(version, source.commit);
      return made.passed ? { ...made, version } : made;
    },
    ensureVersionCommit: async ({ source, version, branch }) => {
      if (branch !== undefined) return ensureCommit(version, source.commit);
      // What came with the pull request says the final version already.
      const isThere = plan.terms.finalVersion === 'pull-request';
      const commit = isThere ? source.commit : outside.commit(`version ${version}`, source.commit);
      return { ...proved(version), commit };
    },
    ensureBranchRetired: async ({ branch, expected, index, manifest }) => {
      const yanked = outside
        .listed(named(index), manifest.version)
        .find((file) => file.yanked !== false)?.yanked;
      if (yanked !== undefined && yanked !== false) return { yanked };
      await pause();
      const there = outside.at(branch);
      if (there !== '' && there !== expected)
        throw failure('operator', {
          now: 'The branch has moved.',
          not: 'It is not deleted.',
          next: 'Look at it.',
        });
      if (there !== '') outside.move(`refs/heads/${branch}`, undefined);
      await pause();
      return { evidence: [{ what: 'deleted' }] };
    },
  };
}

function mainOf({ outside, plan }: Model, { pause }: Attempt): Some {
  const main = () => outside.at(plan.terms.base);
  const ref = `refs/heads/${plan.terms.base}`;
  return {
    ensurePullRequest: async ({ source, branch }) => {
      if (outside.at(branch) !== source.commit) return notPassed([finding('the branch has moved')]);
      const merge = outside.commit('merge', main(), source.commit);
      return {
        ...proved('badges'),
        pullRequest: { id: '1', head: source.commit, previous: main(), merge, checks: 'own' as const },
      };
    },
    ensureMerged: async ({ branch, pullRequest: { head, previous, merge } }) => {
      await pause();
      if (!outside.holds(main(), merge)) {
        if (main() !== previous || outside.at(branch) !== head) return notPassed([finding('main has moved')]);
        outside.move(ref, merge, { key: `merge ${head}` });
      }
      await pause();
      return { ...proved('merged'), commit: merge };
    },
    ensureRevertMade: async ({ merges, final }) => {
      const taken = [...merges.map(({ commit }) => commit), ...(final === undefined ? [] : [final])];
      if (!taken.some((commit) => outside.holds(main(), commit)))
        return { ...proved('none'), unchanged: main() };
      const revert = {
        commit: outside.commit(`revert ${taken.join(' ')}`, main()),
        onto: main(),
        config: plan.config.digest,
      };
      return { ...proved('made'), revert };
    },
    ensureReverted: async ({ revert }) => {
      await pause();
      if (!outside.holds(main(), revert.commit)) {
        if (main() !== revert.onto) return { state: 'moved' };
        outside.move(ref, revert.commit, { key: 'revert' });
      }
      await pause();
      return { state: 'done', evidence: [{ what: 'reverted' }] };
    },
  };
}

function indexesOf(model: Model, attempt: Attempt): Some {
  const { outside } = model;
  return {
    ensurePublished: async (input) => {
      await uploadAll(model, attempt, named(input.index), input.manifest);
      const published = { visibleAt: outside.agenda.iso, evidence: [{ what: 'published' }] };
      if (input.final === undefined) return published;
      const onBase = await bringIntoGit(model, attempt, input, input.final);
      return { ...published, onBase };
    },
    ensureUploadStopped: async ({ index, subject }) => ({
      files: outside.listed(named(index), subject.version),
      over: true,
      evidence: [],
    }),
  };
}

/** One file after the other: looked at, brought there, looked at again; the index may take one whose connection was cut. */
async function uploadAll(model: Model, { pause }: Attempt, index: IndexName, { version, files }: Manifest) {
  const { outside, draws, plan } = model;
  for (const file of files) {
    const there = outside.listed(index, version).find(({ filename }) => filename === file.filename);
    if (there !== undefined && there.sha256 !== file.sha256)
      throw otherBytes(`${file.filename} is ${there.sha256} there and ${file.sha256} here.`);
    if (there !== undefined) continue;
    const begunAt = outside.agenda.iso;
    const store = () => {
      const isThere = outside.listed(index, version).some(({ filename }) => filename === file.filename);
      if (!isThere) outside.store(index, version, file, begunAt);
    };
    try {
      await pause();
    } catch (error) {
      // The last bytes may have been on the wire.
      const late = draws.below(plan.terms.lateFilesSeconds * 500);
      if (draws.chance(0.5)) outside.agenda.after(late, store);
      throw error;
    }
    store();
    await pause();
  }
}

async function bringIntoGit(
  { outside }: Model,
  { pause }: Attempt,
  { base, tag }: Input<'ensurePublished'>,
  { commit, parent }: NonNullable<Input<'ensurePublished'>['final']>,
): Promise<boolean> {
  await pause();
  const isNext = outside.at(base) === parent && parent !== commit;
  if (isNext) outside.move(`refs/heads/${base}`, commit, { key: 'final version' });
  await pause();
  const there = outside.refs.get(`refs/tags/${tag}`);
  if (there !== undefined && there !== commit) throw otherBytes(`The tag stands at ${there}.`);
  if (there === undefined) outside.move(`refs/tags/${tag}`, commit);
  await pause();
  return outside.holds(outside.at(base), commit);
}

function yanksOf({ outside, plan, draws }: Model, { pause }: Attempt): Some {
  const set = async (version: string, yanked: false | string) => {
    for (const { filename } of outside.listed('production', version)) {
      await pause();
      outside.yank(filename, yanked);
    }
    await pause();
    const files = outside.listed('production', version);
    return files.length > 0 && files.every((file) => (file.yanked !== false) === (yanked !== false));
  };
  const attemptOf = (proven: boolean) =>
    proven
      ? { proven: true as const, driver: 'command' as const, evidence: [{ what: 'the index says so' }] }
      : { proven: false as const, toDo: ['do it by hand'], evidence: [] };
  return {
    ensureYanked: async ({ subject, reason }) => {
      if (plan.drivers > 0 && draws.chance(0.5)) {
        plan.drivers -= 1;
        return attemptOf(false);
      }
      return attemptOf(await set(subject.version, reason));
    },
    ensureUnYanked: async ({ subject }) => attemptOf(await set(subject.version, false)),
    awaitYanked: async ({ subject }) => {
      const files = outside.listed('production', subject.version);
      if (files.length === 0 || files.some(({ yanked }) => yanked === false)) throw new Error('not yet');
      return { evidence: { what: 'yanked' } };
    },
    awaitUnYanked: async ({ subject }) => {
      const files = outside.listed('production', subject.version);
      if (files.length === 0 || files.some(({ yanked }) => yanked !== false)) throw new Error('not yet');
      return { evidence: { what: 'not yanked' } };
    },
  };
}
