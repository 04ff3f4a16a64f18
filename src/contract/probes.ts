import type { DirectYank } from './direct-yank.js';
import type { Evidence, Finding } from './verdict.js';

/** What a probe does: it reads the index, or the issues on the forge, or it tries the published files out. */
export type ProbeWork =
  | { readonly does: 'index' }
  | { readonly does: 'issues' }
  | { readonly does: 'install' }
  | { readonly does: 'mode'; readonly mode: string }
  | { readonly does: 'application'; readonly application: string };

/** What is looked at again and again while a release is watched. */
export interface Probe {
  readonly name: string;
  readonly work: ProbeWork;
  readonly intervalSeconds: number;
  /** From the beginning of the watch to the first time. */
  readonly delaySeconds: number;
  /** After how many failures in a row people are asked. */
  readonly failures: number;
  /** After how many times in a row without a measurement people are asked. */
  readonly unmeasured: number;
  /** It only leaves evidence: nobody is asked. */
  readonly reportOnly: boolean;
}

/** What came of measuring once. */
export type Measured =
  | { readonly kind: 'passed'; readonly evidence: Evidence }
  | { readonly kind: 'failed'; readonly findings: readonly Finding[] }
  | { readonly kind: 'unmeasured'; readonly why: string }
  /** Somebody has yanked the release; `true` where no reason is given. */
  | { readonly kind: 'yanked'; readonly reason: string | true; readonly direct?: DirectYank };

/** What a probe has counted so far. */
export interface ProbeTally {
  /** When it is due again, ISO 8601. */
  readonly dueAt: string;
  readonly runs: number;
  readonly failed: number;
  readonly failedInRow: number;
  readonly unmeasuredInRow: number;
  readonly last?: Evidence & { readonly at: string };
}

/** Where a probe goes on from, and up to when. */
export interface ProbeRound {
  readonly probe: Probe;
  readonly tally: ProbeTally;
  /** Titles of findings that people were asked about already. */
  readonly known: readonly string[];
  /** The end of the watch, ISO 8601: a probe that is due later is over. */
  readonly until: string;
}

/** Why a probe has ended: it has news, or it is not due again before the end of the watch. */
export interface ProbeAnswer {
  readonly tally: ProbeTally;
  readonly news?: Exclude<Measured, { readonly kind: 'passed' }>;
}

/** What the ledger keeps of a probe. */
export interface ProbeRecord {
  readonly name: string;
  tally: ProbeTally;
  known: readonly string[];
  /** Why it could not be measured, while people decide what follows. */
  paused?: string;
  /** People have it measured again, and the watch does not end before that. */
  again?: boolean;
  /** Who goes on without it. */
  dropped?: string;
  /** It was ended between two runs; what it had counted since its last news is lost. */
  brokenOff?: true;
}

/** A probe that has not run yet in a watch that began then, ISO 8601. */
export function newProbeRecord({ name, delaySeconds }: Probe, from: string): ProbeRecord {
  const dueAt = new Date(Date.parse(from) + delaySeconds * 1000).toISOString();
  return { name, known: [], tally: { dueAt, runs: 0, failed: 0, failedInRow: 0, unmeasuredInRow: 0 } };
}
