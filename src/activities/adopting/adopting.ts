import {
  cutOffAt,
  isCommitOf,
  takenOver,
  type Adoption,
  type AlreadyTrue,
  type CutOff,
} from '../../contract/adopting.js';
import { short } from '../../contract/digest.js';
import { fail, failByFinding, pass, type Precondition } from '../../contract/preconditions.js';
import type { BranchHead, ReleaseRequest, Sha, Terms } from '../../contract/release.js';
import { currentCandidate, type Candidate, type Ledger, type Merge } from '../../contract/state.js';
import { stepNumber } from '../../contract/steps.js';
import { commandFor } from '../../contract/trouble.js';
import { readReverts } from '../git/reverts.js';
import type { Judging } from '../judging.js';
import { freshMirror, type Mirror } from '../support/git/mirror.js';
import { branchRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import { candidateInGit, readLeft, versionCommitAt, type Left } from './candidate.js';
import { approvedLines, testedLines } from './known.js';
import { readShipped, readTagged } from './production.js';

/** What is found of earlier work on a release, and what it goes on with. */
export interface Found {
  readonly preconditions: readonly Precondition[];
  readonly head?: BranchHead;
  readonly adoption?: Adoption;
}

/** Why a release is not started as if nothing had been: an earlier run of it was cut off. */
export function cutOffPrecondition(request: ReleaseRequest, { ledger }: CutOff): Precondition {
  const step = String(stepNumber(cutOffAt(ledger)));
  return fail(
    'release',
    `An earlier run of ${ledger.id} was ended by force in step ${step}, and what it has done stands.`,
    `\`${commandFor('start', request, '--adopt')}\` goes on from there; with --dry-run it only shows what is true already.`,
  );
}

/** Reads what is true already of a release; undefined where neither the engine nor git knows of any candidate. */
export async function judgeTraces(
  judging: Judging,
  request: ReleaseRequest,
  terms: Terms,
  earlier: CutOff | undefined,
): Promise<Found | undefined> {
  const stopped = stoppedPrecondition(request, earlier);
  if (stopped !== undefined) return { preconditions: [stopped] };
  const mirror = await freshMirror(judging.bench, terms.repository);
  const at = await readRef(mirror, branchRef(terms.branch));
  const known = earlier && currentCandidate(earlier.ledger);
  const candidate = known ?? (at === undefined ? undefined : await candidateInGit(mirror, request, at));
  if (candidate === undefined) return undefined;
  const traces = await readTraces(judging, mirror, { request, terms, earlier, candidate, at });
  const { preconditions, moved } = traces;
  if (preconditions.length > 0) return { preconditions };
  const head = moved ? await readHead(judging, request, terms, candidate) : { head: headOf(candidate) };
  if ('preconditions' in head) return head;
  const adoption = adoptionOf(terms, earlier, candidate, traces);
  return {
    ...head,
    adoption,
    preconditions: [
      pass(
        'release',
        earlier
          ? `An earlier run was ended in step ${String(stepNumber(cutOffAt(earlier.ledger)))}`
          : 'No run is known; git is',
      ),
    ],
  };
}

interface Asked {
  readonly request: ReleaseRequest;
  readonly terms: Terms;
  readonly earlier: CutOff | undefined;
  readonly candidate: Candidate;
  /** Where the branch stands. */
  readonly at: Sha | undefined;
}

interface Traces {
  readonly preconditions: readonly Precondition[];
  readonly already: readonly AlreadyTrue[];
  readonly left: Left;
  readonly merge?: Merge;
  readonly moved: boolean;
}

async function readTraces(judging: Judging, mirror: Mirror, asked: Asked): Promise<Traces> {
  const { bench } = judging;
  const { request, terms, earlier, candidate } = asked;
  const final = earlier?.ledger.final;
  const past = final === undefined ? {} : { final };
  const [shipped, tagged, left, merged] = await Promise.all([
    readShipped(bench, mirror, request, terms, past),
    readTagged(mirror, request, candidate.config.tag, past),
    readLeft(bench, request, candidate, earlier?.ledger.waiver === undefined ? terms.test : undefined),
    readMerge(judging, mirror, asked),
  ]);
  const { merge } = merged;
  const moved = merge === undefined && (await isMoved(mirror, asked, left));
  return {
    preconditions: [
      ...shipped.preconditions,
      ...tagged.preconditions,
      ...merged.preconditions,
      ...(moved || earlier === undefined ? [] : foreignPreconditions(asked, left)),
    ],
    already: [...left.already, ...merged.already, ...shipped.already, ...tagged.already],
    left,
    ...(merge === undefined ? {} : { merge }),
    moved,
  };
}

/** Whether the branch holds something else than the candidate; files that nobody can prove are none of a candidate's. */
async function isMoved(
  mirror: Mirror,
  { request, earlier, candidate, at }: Asked,
  left: Left,
): Promise<boolean> {
  if (earlier === undefined && left.foreign.length > 0) return true;
  // Only a merged one can do without its branch.
  if (at === undefined) return true;
  if (isCommitOf(at, candidate)) return false;
  const set = await versionCommitAt(mirror, request, at);
  return set?.version !== request.version || set.parent !== candidate.commit;
}

function foreignPreconditions({ request, terms }: Asked, { foreign }: Left): Precondition[] {
  return foreign.map((what) =>
    fail(
      'versions',
      `${what}: nothing can go on from that.`,
      `Push a commit to ${terms.branch}, which makes a new candidate; then \`${commandFor('start', request, '--adopt')}\`.`,
    ),
  );
}

/** The merge of a candidate that the base holds, whoever made it; one that was taken back there is none to go on from. */
async function readMerge(
  { openForge }: Judging,
  mirror: Mirror,
  { terms, earlier, candidate, request }: Asked,
): Promise<{ merge?: Merge; preconditions: Precondition[]; already: AlreadyTrue[] }> {
  const { repository, branch, base } = terms;
  const head = earlier?.ledger.merges.at(-1)?.head ?? candidate.commit ?? candidate.base;
  const found = await openForge(repository).readMerged(branch, base, head);
  if (found === undefined) return { preconditions: [], already: [] };
  const { merge: commit, previous } = found;
  const baseHead = await readRef(mirror, branchRef(base));
  const by = baseHead === undefined ? undefined : (await readReverts(mirror, [baseHead])).of(commit);
  if (by === undefined)
    return {
      merge: { commit, previous, head },
      preconditions: [],
      already: [
        { step: '08-merge-branch', what: `${base} holds ${short(commit)}, the merge of ${short(head)}` },
      ],
    };
  return {
    already: [],
    preconditions: [
      fail(
        'branch',
        `${base} held ${commit}, the merge of ${request.version}, and ${by} took it back.`,
        `Revert ${by} on ${branch} (\`git revert --no-edit ${by}\`), push it, then \`${commandFor('start', request)}\`.`,
      ),
    ],
  };
}

async function readHead(
  { readBranch }: Judging,
  { package: name, version }: ReleaseRequest,
  { repository, branch, base }: Terms,
  { base: before, config }: Candidate,
): Promise<{ head: BranchHead } | { preconditions: Precondition[] }> {
  const previous = { repository, commit: before, config: config.digest, version };
  const verdict = await readBranch({ repository, branch, base, package: name, version, previous });
  return verdict.passed
    ? { head: verdict.head }
    : { preconditions: verdict.findings.map((found) => failByFinding('branch', found)) };
}

function headOf({ base, config, configChanges, commits, changelog }: Candidate): BranchHead {
  return {
    ...{ commit: base, config, configChanges },
    ...(commits === undefined ? {} : { commits }),
    ...(changelog === undefined ? {} : { changelog }),
  };
}

function adoptionOf(
  terms: Terms,
  earlier: CutOff | undefined,
  candidate: Candidate,
  { already, left, merge, moved }: Traces,
): Adoption {
  const current = earlier?.ledger.final === undefined ? borneOut(candidate, left) : candidate;
  if (earlier === undefined) {
    const [candidates, merges] = [moved ? [] : [current], merge === undefined ? [] : [merge]];
    return { already, moved, ledger: { candidates, merges, phase: phaseOf(merges) } };
  }
  const known = earlier.ledger.merges;
  const isNew = merge !== undefined && !known.some(({ commit }) => commit === merge.commit);
  const merges = isNew ? [...known, merge] : known;
  const candidates = [...earlier.ledger.candidates.slice(0, -1), current];
  const found = { candidates, merges, phase: phaseOf(merges, earlier.ledger) };
  const ledger = takenOver(earlier.ledger, terms, new Date().toISOString(), found);
  const told = [...already, ...testedLines(current), ...approvedLines(ledger)];
  return {
    already: told.sort((one, other) => stepNumber(one.step) - stepNumber(other.step)),
    moved,
    ledger,
  };
}

/** A candidate counts as passed only as long as its files are where they were tested from. */
function borneOut(candidate: Candidate, { manifest, isWhole }: Left): Candidate {
  const { passed, ...rest } = candidate;
  const known = manifest === undefined ? rest : { ...rest, manifest };
  return passed === true && isWhole ? { ...known, passed } : known;
}

function phaseOf(merges: readonly Merge[], earlier?: Ledger): Ledger['phase'] {
  if (earlier?.final !== undefined) return 'uploading';
  return merges.length > 0 ? 'merged' : 'before-merge';
}

/** Who takes a release over does not overrule who wanted it taken back. */
function stoppedPrecondition(request: ReleaseRequest, earlier: CutOff | undefined): Precondition | undefined {
  const stop = earlier?.ledger.stop;
  if (stop?.kind !== 'yank') return undefined;
  return fail(
    'release',
    `${stop.by} asked at ${stop.at} that ${request.package} ${request.version} be yanked (${stop.reason}), and the run was ended before that was done.`,
    `\`${commandFor('yank', request, '--reason "…"')}\` goes on with that.`,
  );
}
