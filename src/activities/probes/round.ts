import { CancelledFailure } from '@temporalio/common';

import { notYet, troubleOf } from '../../contract/failures.js';
import type { Measured, Probe, ProbeAnswer, ProbeRound, ProbeTally } from '../../contract/probes.js';
import { plainLine } from '../../contract/plain.js';
import { currentCancellation } from '../support/cancellation.js';
import { engineNow } from '../support/engine-clock.js';
import { recall, remember } from '../support/memory.js';

/** How many findings are told of one failure, and how many characters of them are kept with the counters. */
const mostFindings = 10;
const longestResult = 500;

/**
 * One round of a probe: measures if it is due, and returns only with news or when it is not due again before the end.
 * Otherwise it has itself tried again at the next time; between its attempts it holds no slot and adds no history, and
 * its counters go from attempt to attempt in the heartbeat's details.
 */
export async function probeRound(
  { probe, tally: given, known, until }: ProbeRound,
  measure: () => Promise<Measured>,
): Promise<ProbeAnswer> {
  const tally = recall<ProbeTally>() ?? given;
  if (tally.dueAt > until) return { tally };
  const early = Date.parse(tally.dueAt) - engineNow();
  if (early > 0) throw notYet(`probe ${probe.name} is due at ${tally.dueAt}`, Math.ceil(early / 1000));
  const measured = await measureOnce(measure, tally);
  const next = countIn(tally, probe, measured);
  const news = newsOf(probe, next, measured, known);
  if (news !== undefined) return { tally: next, news };
  if (next.dueAt > until) return { tally: next };
  remember(next);
  throw notYet(`probe ${probe.name}: ${next.last?.what ?? ''}`, probe.intervalSeconds);
}

/** Whatever keeps a probe from measuring says nothing about the release; a cancellation hands the counters back. */
async function measureOnce(measure: () => Promise<Measured>, tally: ProbeTally): Promise<Measured> {
  try {
    return await measure();
  } catch (error) {
    if (currentCancellation()?.aborted === true) throw new CancelledFailure('the probe was cut off', [tally]);
    const trouble = troubleOf(error);
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'unmeasured', why: trouble === undefined ? why : `${trouble.now} ${trouble.not}` };
  }
}

function countIn(tally: ProbeTally, { intervalSeconds }: Probe, measured: Measured): ProbeTally {
  const now = engineNow();
  const failed = measured.kind === 'failed';
  const unmeasured = measured.kind === 'unmeasured';
  const inRow = failed ? tally.failedInRow + 1 : 0;
  return {
    dueAt: new Date(now + intervalSeconds * 1000).toISOString(),
    runs: tally.runs + 1,
    failed: tally.failed + (failed ? 1 : 0),
    // What could not be measured neither confirms a failure nor takes it back.
    failedInRow: unmeasured ? tally.failedInRow : inRow,
    unmeasuredInRow: unmeasured ? tally.unmeasuredInRow + 1 : 0,
    last: { at: new Date(now).toISOString(), ...inShort(measured) },
  };
}

function inShort(measured: Measured): { what: string; digest?: string } {
  const { what, digest } = resultOf(measured);
  return {
    what: plainLine(what.slice(0, longestResult)),
    ...(digest === undefined ? {} : { digest }),
  };
}

function resultOf(measured: Measured): { what: string; digest?: string | undefined } {
  switch (measured.kind) {
    case 'passed':
      return measured.evidence;
    case 'failed':
      return {
        what: measured.findings.map(({ title }) => title).join('; '),
        digest: measured.findings.find(({ log }) => log !== undefined)?.log,
      };
    case 'unmeasured':
      return { what: `could not be measured: ${measured.why}` };
    case 'yanked':
      return { what: `was yanked${measured.reason === true ? '' : `: ${measured.reason}`}` };
  }
}

function newsOf(
  probe: Probe,
  { failedInRow, unmeasuredInRow }: ProbeTally,
  measured: Measured,
  known: readonly string[],
): ProbeAnswer['news'] {
  if (probe.reportOnly || measured.kind === 'passed') return undefined;
  if (measured.kind === 'unmeasured')
    return unmeasuredInRow < probe.unmeasured
      ? undefined
      : { kind: 'unmeasured', why: measured.why.slice(0, longestResult) };
  if (measured.kind === 'yanked') return measured;
  const unknown = measured.findings.filter(({ title }) => !known.includes(title));
  if (failedInRow < probe.failures || unknown.length === 0) return undefined;
  return {
    kind: 'failed',
    findings: unknown
      .slice(0, mostFindings)
      .map(({ title, log }) => ({ title, ...(log === undefined ? {} : { log }) })),
  };
}
