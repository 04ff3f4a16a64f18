import type { Digest } from '../contract/release.js';
import type { Candidate, Ledger, StepRecord } from '../contract/state.js';
import { describeStep } from '../contract/steps.js';
import type { Evidence, Finding } from '../contract/verdict.js';
import { commandFor } from '../contract/trouble.js';
import { ClientFailure, exitCodes } from './failures.js';

/** Whose log is wanted. */
export interface LogWish {
  /** 1 to 12; the step that runs, or ran last, by default. */
  readonly step?: number;
  /** An earlier candidate: its version, its N, or the beginning of its commit. */
  readonly candidate?: string;
}

/** Something kept that can be read. */
export interface LogPart {
  readonly title: string;
  readonly digest: Digest;
}

/** What there is of a log: what is kept, and the step that runs since a moment (ISO 8601). */
export interface LogParts {
  readonly parts: readonly LogPart[];
  readonly running?: { readonly step: number; readonly since: string };
}

/** Finds what is wanted in the record of a release; that there is nothing is a ClientFailure that says why. */
export function partsOf(ledger: Ledger, { step, candidate }: LogWish): LogParts {
  const earlier = candidate === undefined ? undefined : candidateNamed(ledger, candidate);
  if (earlier !== undefined && earlier !== ledger.candidates.at(-1)) return partsOfEarlier(ledger, earlier);
  const number = step ?? latest(ledger);
  const record = ledger.steps[number - 1];
  if (record?.startedAt === undefined) throw nothing(ledger, `Step ${nameOf(number, record)} has not begun.`);
  if (record.state === 'running') return { parts: [], running: { step: number, since: record.startedAt } };
  const parts = named(record.evidence, record.findings);
  if (parts.length === 0)
    throw nothing(ledger, `Step ${nameOf(number, record)} left no output: no tool ran in it.`);
  return { parts };
}

/** Of a candidate that was fixed its findings are kept, whatever step they came from. */
function partsOfEarlier(ledger: Ledger, candidate: Candidate): LogParts {
  const parts = named([], candidate.findings);
  if (parts.length === 0)
    throw nothing(
      ledger,
      `Nothing is kept of what the tools of ${candidate.version ?? candidate.base} printed: its findings name no output.`,
    );
  return { parts };
}

function candidateNamed(ledger: Ledger, wanted: string): Candidate {
  const { candidates } = ledger;
  const found = candidates.find(
    ({ version, base }) =>
      version === wanted ||
      version?.endsWith(`.dev${wanted.replace(/^dev/, '')}`) === true ||
      (wanted.length >= 7 && base.startsWith(wanted)),
  );
  if (found !== undefined) return found;
  const known = candidates.map(({ version, base }) => version ?? base.slice(0, 12)).join(', ');
  throw nothing(
    ledger,
    known === '' ? 'There is no candidate yet.' : `There is no candidate ${wanted}: there are ${known}.`,
  );
}

/** The step that runs, or the last one that ran. */
function latest({ steps }: Ledger): number {
  const running = steps.findIndex(({ state }) => state === 'running');
  return running >= 0 ? running + 1 : Math.max(1, steps.findLastIndex(({ startedAt }) => startedAt) + 1);
}

/** What evidence and findings name, each once: the tests that failed in one run share its output. */
function named(evidence: readonly Evidence[], findings: readonly Finding[]): LogPart[] {
  const parts = new Map<Digest, LogPart>();
  const add = (title: string, digest: Digest | undefined) => {
    if (digest !== undefined && !parts.has(digest)) parts.set(digest, { title, digest });
  };
  for (const { what, digest } of evidence) add(what, digest);
  for (const { title, log } of findings) add(title, log);
  return [...parts.values()];
}

function nameOf(number: number, record: StepRecord | undefined): string {
  return record === undefined ? String(number) : `${String(number)} (${describeStep(record.id).title})`;
}

function nothing({ request }: Ledger, now: string): ClientFailure {
  const next = `\`${commandFor('status', request)}\` shows which steps have run, and for which candidates.`;
  return new ClientFailure({ now, not: 'There is no output to show.', next }, exitCodes.refused);
}
