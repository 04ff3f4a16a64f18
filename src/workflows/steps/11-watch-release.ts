import { condition, sleep } from '@temporalio/workflow';

import type { Decision, SubjectLine } from '../../contract/gates.js';
import type { ProbeRecord } from '../../contract/probes.js';
import { openGates, type Report } from '../../contract/state.js';
import { announceDeadlines } from '../announcing.js';
import type { Desk } from '../desk.js';
import type { Page } from '../opening.js';
import { describeProbes, describeRuns, drop, resume, startProbes } from '../probing.js';
import { standBy } from '../standing-by.js';

/** Watches the published release for the agreed window on one durable timer; it cannot end while a question is unanswered. */
export async function watchRelease(desk: Desk, page: Page): Promise<void> {
  const { ledger, terms, subject } = desk;
  const from = desk.now();
  const watch = (ledger.watch ??= {
    from,
    until: new Date(Date.parse(from) + terms.watchSeconds * 1000).toISOString(),
  });
  desk.noteNew({ what: `until ${watch.until}` }, describeProbes(terms.probes));
  const remaining = Math.max(0, Date.parse(watch.until) - Date.parse(desk.now()));
  const window = { over: false };
  void sleep(remaining, {
    summary: `Watch ${subject.package} ${subject.version} until ${watch.until}`,
  }).then(
    () => (window.over = true),
    () => undefined, // a stop ends the wait below too
  );
  const probing = startProbes(desk, watch);
  const duties = [...standBy(desk), announceDeadlines(desk, watch.until)];
  const isToTurn = () => page.isFull() && openGates(ledger).length === 0;
  const over = () => window.over && !probes(desk).some(({ again }) => again === true);
  try {
    for (;;) {
      await condition(() => asksPeople(desk) || probing.trouble() !== undefined || over() || isToTurn());
      const trouble = probing.trouble();
      if (trouble !== undefined) throw trouble;
      if (!asksPeople(desk)) break;
      await askPeople(desk, watch.until);
    }
  } finally {
    probing.cancel();
    for (const duty of duties) duty.cancel();
  }
  // A probe that was cut off still tells what it had counted; a yank does not wait for that.
  await Promise.race([probing.ended, condition(() => false)]);
  if (!over()) await page.turn();
  desk.note(...probes(desk).map((record) => describeRuns(record, watch.until)), {
    what: `watched for ${String(terms.watchSeconds)} s, every report answered`,
  });
}

function asksPeople(desk: Desk): boolean {
  return unanswered(desk).length > 0 || paused(desk).length > 0;
}

async function askPeople(desk: Desk, until: string): Promise<void> {
  const reports = unanswered(desk);
  if (reports.length === 0) return askAboutPaused(desk, paused(desk), until);
  await askToKeep(
    desk,
    reports.flatMap(({ by, reason, link, command }) => [
      { label: 'problem', value: `${by}: ${reason}` },
      ...(link === undefined ? [] : [{ label: 'look at', value: link }]),
      ...(command === undefined ? [] : [{ label: 'fails', value: command }]),
    ]),
  );
  for (const report of reports) report.answered = true;
}

/** Asks people to yank or to keep, or what else may follow; a yank stops the procedure and does not come back from here. */
export async function askToKeep(
  desk: Desk,
  problems: readonly SubjectLine[],
  otherwise: readonly 'rerun'[] = [],
): Promise<Decision> {
  const { terms, subject } = desk;
  const answer = await desk.ask({
    id: 'report',
    consequence: `Keep leaves ${subject.package} ${subject.version} on ${terms.production.name}; yank takes it back at once${otherwise.length === 0 ? '' : '; rerun runs only what failed again, on the same files'}.`,
    subject: [...problems, { label: 'asked', value: desk.now() }],
    answers: ['yank', 'keep', ...otherwise],
    quorum: 1,
    urgent: true,
  });
  if (answer.kind === 'keep')
    desk.note({ what: `${answer.by} kept it: ${answer.reason ?? 'no reason given'}` });
  return answer;
}

/** Asks what follows when probes cannot tell whether the release is good. */
async function askAboutPaused(desk: Desk, records: readonly ProbeRecord[], until: string): Promise<void> {
  const { subject } = desk;
  const names = records.map(({ name }) => name).join(' and ');
  const answer = await desk.ask({
    id: 'probe',
    consequence: `Nobody knows what ${names} would say: retry measures again, keep watches ${subject.package} ${subject.version} to the end without, yank takes it back at once.`,
    subject: [
      ...records.map(({ name, paused: why = '' }) => ({
        label: `probe ${name}`,
        value: `could not be measured: ${why}`,
      })),
      { label: 'asked', value: desk.now() },
    ],
    answers: ['yank', 'keep', 'retry'],
    quorum: 1,
    urgent: true,
  });
  for (const record of records)
    if (answer.kind === 'retry') resume(desk, record, until);
    else drop(record, answer.by);
}

function unanswered({ ledger }: Desk): readonly Report[] {
  return ledger.reports.filter((report) => !report.answered);
}

function probes({ ledger }: Desk): readonly ProbeRecord[] {
  return ledger.probes ?? [];
}

function paused(desk: Desk): readonly ProbeRecord[] {
  return probes(desk).filter((record) => record.paused !== undefined);
}
