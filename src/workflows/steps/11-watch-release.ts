import { condition, sleep } from '@temporalio/workflow';

import type { Desk } from '../desk.js';

/** Watches the published release for the agreed window on one durable timer; it cannot end while a report is unanswered. */
export async function watchRelease(desk: Desk): Promise<void> {
  const { ledger, terms, subject } = desk;
  const from = desk.now();
  ledger.watch ??= {
    from,
    until: new Date(Date.parse(from) + terms.watchSeconds * 1000).toISOString(),
  };
  desk.note({ what: `until ${ledger.watch.until}` }, { what: 'probes: not configured' });
  const remaining = Math.max(0, Date.parse(ledger.watch.until) - Date.parse(desk.now()));
  const window = { over: false };
  const timer = sleep(remaining, {
    summary: `Watch ${subject.package} ${subject.version} until ${ledger.watch.until}`,
  }).then(() => {
    window.over = true;
  });
  while (!window.over || unanswered(desk).length > 0) {
    await Promise.race([timer, condition(() => unanswered(desk).length > 0)]);
    const reports = unanswered(desk);
    if (reports.length === 0) continue;
    await askToKeep(
      desk,
      reports.map((report) => `${report.by}: ${report.reason}`),
    );
    for (const report of reports) report.answered = true;
  }
  desk.note({ what: `watched for ${String(terms.watchSeconds)} s, every report answered` });
}

/** Asks people to yank or to keep; a yank stops the procedure, so only `keep` comes back from here. */
export async function askToKeep(desk: Desk, problems: readonly string[]): Promise<void> {
  const { terms, subject } = desk;
  const answer = await desk.ask({
    id: 'report',
    consequence: `Keep leaves ${subject.package} ${subject.version} on ${terms.production.name}; yank takes it back at once.`,
    subject: [
      ...problems.map((problem) => ({ label: 'problem', value: problem })),
      { label: 'asked', value: desk.now() },
    ],
    answers: ['yank', 'keep'],
    quorum: 1,
  });
  desk.note({ what: `${answer.by} kept it: ${answer.reason ?? 'no reason given'}` });
}

function unanswered(desk: Desk) {
  return desk.ledger.reports.filter((report) => !report.answered);
}
