import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
} from '@temporalio/workflow';

import {
  newProbeRecord,
  type Probe,
  type ProbeAnswer,
  type ProbeRecord,
  type ProbeTally,
} from '../contract/probes.js';
import { formatDuration } from '../contract/duration.js';
import type { FinalVersion } from '../contract/state.js';
import type { Evidence } from '../contract/verdict.js';
import { looking, tryingOut } from './activities.js';
import type { Desk } from './desk.js';
import { installationOf, made } from './quality.js';
import { stopFromIndex } from './taking-back.js';

/** The probes of a watch while they run: each is one activity, which ends only when there is something to say. */
export interface Probing {
  /** What kept one of them from running at all. */
  trouble(): Error | undefined;
  /** Ends them without waiting. */
  cancel(): void;
  /** When all of them have ended. */
  readonly ended: Promise<unknown>;
}

/** Has every probe of the terms run until the end of the watch; what they find becomes reports and questions in the ledger. */
export function startProbes(desk: Desk, { from, until }: { from: string; until: string }): Probing {
  const { ledger, terms } = desk;
  const records = (ledger.probes ??= terms.probes.map((probe) => newProbeRecord(probe, from)));
  for (const record of records) delete record.brokenOff; // by the end of an earlier run of the release
  const scope = new CancellationScope();
  const failed: { trouble?: Error } = {};
  const all = terms.probes.map(async (probe, at) => {
    const record = made(records[at], 'record of the probe');
    try {
      await scope.run(() => follow(desk, probe, record, until));
    } catch (error) {
      // One that fails in the moment of its cancellation is not tried again, and so is broken off as well.
      if (isCancellation(error) || scope.consideredCancelled) breakOff(record, error);
      else failed.trouble ??= error as Error;
    }
  });
  return {
    trouble: () => failed.trouble,
    cancel: () => {
      scope.cancel();
    },
    ended: Promise.all(all),
  };
}

/** Runs one probe again and again, and hands on what it has to say. */
async function follow(desk: Desk, probe: Probe, record: ProbeRecord, until: string): Promise<void> {
  for (;;) {
    await condition(() => record.paused === undefined);
    if (record.dropped !== undefined || record.tally.dueAt > until) return;
    const { tally, news } = await run(desk, probe, record, until);
    record.tally = tally;
    delete record.again;
    if (news !== undefined && !hear(desk, probe, record, news)) return;
  }
}

function run(desk: Desk, probe: Probe, { tally, known }: ProbeRecord, until: string): Promise<ProbeAnswer> {
  const { terms, subject } = desk;
  const { manifest, visibleAt }: FinalVersion = made(desk.ledger.final, 'final version');
  const { production: index, repository } = terms;
  const round = { probe, tally, known, until };
  switch (probe.work.does) {
    case 'index':
      return looking.awaitIndexProbe({ ...round, index, manifest });
    case 'issues': {
      const since = made(visibleAt, 'moment when it was published');
      return looking.awaitIssuesProbe({ ...round, repository, subject, since });
    }
    default:
      return tryingOut.awaitTrialProbe({ ...round, installation: installationOf(desk, manifest, { index }) });
  }
}

/** Whether the probe goes on after its news. */
function hear(
  desk: Desk,
  { work }: Probe,
  record: ProbeRecord,
  news: NonNullable<ProbeAnswer['news']>,
): boolean {
  const { ledger } = desk;
  switch (news.kind) {
    case 'yanked': {
      const { by, reason } = stopFromIndex(desk, news.reason, news.direct);
      desk.note({ what: `probe ${record.name}: ${by} has yanked it on the index: ${reason}` });
      desk.heedStop();
      return false;
    }
    case 'failed': {
      const titles = news.findings.map(({ title }) => title);
      record.known = [...record.known, ...titles];
      // Of an issue each is somebody's own problem; the findings of a trial are one.
      const reasons = work.does === 'issues' ? titles : [titles.join('; ')];
      reasons.forEach((reason, at) =>
        ledger.reports.push({
          message: `probe/${record.name}/${String(record.tally.runs)}/${String(at)}`,
          by: `probe ${record.name}`,
          at: desk.now(),
          reason,
          answered: false,
        }),
      );
      desk.note(...news.findings.map((found) => evidenceOf(record.name, found)));
      return true;
    }
    case 'unmeasured':
      record.paused = news.why;
      return true;
  }
}

function evidenceOf(name: string, { title, log }: { title: string; log?: string }): Evidence {
  return { what: `probe ${name}: ${title}`, ...(log === undefined ? {} : { digest: log }) };
}

/** Has a probe that could not measure try again at once, even in the last moment of the watch. */
export function resume(desk: Desk, record: ProbeRecord, until: string): void {
  const now = desk.now();
  record.tally = { ...record.tally, unmeasuredInRow: 0, dueAt: now < until ? now : until };
  record.again = true;
  delete record.paused;
}

/** Goes on without a probe. */
export function drop(record: ProbeRecord, by: string): void {
  record.dropped = by;
  delete record.paused;
}

/** Takes down what a probe had counted when it was cut off. */
function breakOff(record: ProbeRecord, error: unknown): void {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  const handedOver: unknown = cause instanceof CancelledFailure ? cause.details[0] : undefined;
  // Between two attempts no worker hands anything over: the engine answers by itself, with a word of its own.
  if (typeof handedOver === 'object' && handedOver !== null) record.tally = handedOver as ProbeTally;
  else record.brokenOff = true;
}

/** The probes of a watch, and how often they run. */
export function describeProbes(probes: readonly Probe[]): Evidence {
  const each = probes.map(
    ({ name, intervalSeconds, reportOnly }) =>
      `${name} every ${formatDuration(intervalSeconds)}${reportOnly ? ' (report-only)' : ''}`,
  );
  return { what: `probes: ${each.length === 0 ? 'not configured' : each.join(', ')}` };
}

/** How often a probe ran, and what it saw last. */
export function describeRuns({ name, tally, dropped }: ProbeRecord, until: string): Evidence {
  const { runs, failed, last } = tally;
  const times = (count: number) => (count === 1 ? 'once' : `${String(count)} times`);
  const without = dropped === undefined ? '' : `; ${dropped} went on without it`;
  if (last === undefined) {
    const late = tally.dueAt > until ? 'first due after the end of the watch' : 'nothing was heard of it';
    return { what: `probe ${name}: ${late}${without}` };
  }
  const { at, what, digest } = last;
  return {
    what: `probe ${name} ran ${times(runs)}${failed === 0 ? '' : ` and failed ${times(failed)}`}, last at ${at}: ${what}${without}`,
    ...(digest === undefined ? {} : { digest }),
  };
}
