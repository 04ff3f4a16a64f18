import { canonicalJson } from './digest.js';
import type { Sha, Terms } from './release.js';
import type { Candidate, Ledger } from './state.js';
import { stepNumber, type StepId } from './steps.js';

/** Something that is true already of a release that is taken over, and of which step. */
export interface AlreadyTrue {
  readonly step: StepId;
  readonly what: string;
}

/** What a release that is taken over begins with. */
export interface Adoption {
  readonly already: readonly AlreadyTrue[];
  /** What an earlier run knew, as far as the world bears it out; where there is none, what git and the indexes tell. */
  readonly ledger: Pick<AdoptedLedger, 'candidates' | 'merges' | 'phase'> & Partial<AdoptedLedger>;
  /** Whether the branch holds a new commit, which is a new candidate. */
  readonly moved: boolean;
}

/** Everything of a ledger that a later run goes on with. */
export type AdoptedLedger = Omit<
  Ledger,
  'id' | 'request' | 'terms' | 'agreed' | 'amendments' | 'next' | 'notice' | 'stop' | 'refusal' | 'outcome'
>;

/** An earlier run of a release that did not end by itself: it was terminated, say. */
export interface CutOff {
  readonly run: string;
  readonly ledger: Ledger;
}

/** Whether a run did anything that a later one could go on with, or would stumble over. */
export function hasTraces({ candidates, merges }: Ledger): boolean {
  return merges.length > 0 || candidates.some(({ version }) => version !== undefined);
}

/** The step at which a run was cut off. */
export function cutOffAt({ steps }: Ledger): StepId {
  return (steps.findLast(({ state }) => state !== 'waiting') ?? steps[0])?.id ?? '01-validate-branch';
}

/** What a later run takes over of an earlier one's ledger: questions that were open then are asked anew. */
export function takenOver(
  earlier: Ledger,
  terms: Terms,
  now: string,
  found: Pick<Ledger, 'candidates' | 'merges' | 'phase'>,
): AdoptedLedger {
  const { gates, steps, startedAt, messages, reports, shifts } = earlier;
  const stands = approvalsStand(earlier, terms);
  const { final, readiness, watch, announced, probes, waiver, told, untold } = earlier;
  return {
    startedAt,
    messages,
    reports,
    shifts,
    ...found,
    steps: steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' } : step)),
    gates: gates.map((gate) => {
      const { answer, ...asked } = gate;
      const isKept = answer !== undefined && (answer !== 'approve' || stands);
      return { ...asked, ...(isKept ? { answer } : {}), closedAt: gate.closedAt ?? now };
    }),
    ...defined({ final, readiness, watch, announced, probes, waiver, told, untold }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** Whether approvals were given under what holds now, in a run that nobody wanted to stop. */
export function approvalsStand({ terms, stop }: Ledger, now: Terms): boolean {
  return stop === undefined && terms !== undefined && guardsOf(terms) === guardsOf(now);
}

/** What an approval was given under, and no card tells. */
function guardsOf({
  approvers,
  quorum,
  selfApproval,
  signatures,
  repository,
  base,
  branch,
  ...rest
}: Terms): string {
  const { test, production, main, finalVersion } = rest;
  const guards = { approvers, quorum, selfApproval, signatures, repository, base, branch };
  return canonicalJson({ ...guards, test, production, main, finalVersion });
}

/** The commits at which a candidate's branch stands if nobody has pushed to it since. */
export function isCommitOf(commit: Sha, { base, commit: made, manifest }: Candidate): boolean {
  return commit === base || commit === made || commit === manifest?.commit;
}

/** What is true already, a sentence for each, and where the release goes on. */
export function alreadyLines({
  already,
  moved,
  ledger,
}: Pick<Adoption, 'already' | 'moved' | 'ledger'>): string[] {
  return [
    ...already.map(({ step, what }) => `step ${String(stepNumber(step))}: ${what}`),
    `It goes on with step ${String(stepNumber(nextStep({ moved, ledger })))}.`,
  ];
}

/** The step at which a release that was taken over goes on. */
function nextStep({ moved, ledger }: Pick<Adoption, 'moved' | 'ledger'>): StepId {
  if (moved || ledger.candidates.at(-1)?.passed !== true) return '01-validate-branch';
  return ledger.phase === 'uploading' ? '09-publish-to-production' : '08-merge-branch';
}
