import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

import type { SubjectLine } from '../contract/gates.js';
import { gapsIn, onWatchAt } from '../contract/roster.js';
import { urgent } from './activities.js';
import type { Desk } from './desk.js';
import { isArmed } from './watch-duty.js';

/** How far beyond the watch the roster is read, in seconds: the answers before an upload take their time. */
const beyondWatch = 86_400;

/** How long what was found ready is relied on, in milliseconds. */
const freshFor = 15 * 60_000;

/** Waits for the hours of the publish window, and until a driver or somebody on watch could yank at once. */
export async function beReady(desk: Desk, opensAt: string | undefined): Promise<void> {
  const waited = opensAt !== undefined && !(await awaitWindow(desk, opensAt));
  // The answers were right before the wait.
  if (waited) return beReady(desk, await look(desk));
  if (isCovered(desk)) return;
  await askForWatch(desk, 'Nothing is uploaded before somebody could take it back at once:');
  if (!isCovered(desk)) await beReady(desk, await look(desk));
}

/** The same again, if what was found is too old to be relied on. */
export async function stayReady(desk: Desk): Promise<void> {
  const { readiness } = desk.ledger;
  const old = readiness === undefined || Date.parse(desk.now()) - Date.parse(readiness.at) > freshFor;
  if (old || !isCovered(desk)) await beReady(desk, await look(desk));
}

/** Whether something or somebody could yank at once. */
export function isCovered({ ledger, now }: Desk): boolean {
  return isArmed(ledger) || onWatchAt(ledger.shifts, now()).length > 0;
}

/** Looks who and what could yank now; answers when the publish window opens, if the release has to wait for it. */
export async function look(desk: Desk): Promise<string | undefined> {
  const { ledger, terms, subject } = desk;
  const { arming, plan, opensAt } = await urgent.ensureReady({
    index: terms.production,
    subject,
    drivers: terms.yankDrivers,
    seconds: terms.watchSeconds + beyondWatch,
  });
  ledger.readiness = { at: desk.now(), armed: arming.armed, toDo: arming.toDo, plan };
  desk.note(...arming.evidence);
  return opensAt === undefined || passed(desk, opensAt) ? undefined : opensAt;
}

/** Whether people have said already that the upload need not wait for these hours. */
function passed({ ledger }: Desk, opensAt: string): boolean {
  return ledger.gates.some(
    ({ id, answer, subject }) =>
      id === 'window' && answer === 'approve' && subject.some(({ value }) => value === opensAt),
  );
}

/** Waits for the publish window or for people who do without; true if it was them. */
async function awaitWindow(desk: Desk, opensAt: string): Promise<boolean> {
  const { terms, subject } = desk;
  const scope = new CancellationScope();
  const opened = { yet: false };
  const wait = Math.max(0, Date.parse(opensAt) - Date.parse(desk.now()));
  void scope
    .run(() => sleep(wait, { summary: `Wait for the publish window at ${opensAt}` }))
    .then(
      () => {
        opened.yet = true;
        scope.cancel();
      },
      () => undefined, // people were quicker, or a stop was
    );
  try {
    await scope.run(() =>
      desk.ask({
        id: 'window',
        consequence: `Uploads ${subject.package} ${subject.version} to ${terms.production.name} outside of its hours; without an answer it waits for them.`,
        subject: [{ label: 'hours begin', value: opensAt }],
        answers: ['approve'],
      }),
    );
    return true;
  } catch (error) {
    if (!opened.yet || !isCancellation(error) || desk.ledger.stop !== undefined) throw error;
    return false;
  } finally {
    scope.cancel();
  }
}

/** Asks who is on watch, one person after the other, until somebody is or the drivers were mended. */
export async function askForWatch(desk: Desk, why: string): Promise<void> {
  const { ledger, subject } = desk;
  await desk.ask({
    id: 'on-watch',
    consequence: `${why} say \`on-watch\` if you are at hand until you say otherwise and would yank ${subject.package} ${subject.version}, or \`retry\` after the drivers were mended.`,
    subject: [
      ...(ledger.readiness?.toDo ?? []).map((value) => ({ label: 'to do', value })),
      ...rosterLines(desk),
      { label: 'asked', value: desk.now() },
    ],
    answers: ['on-watch', 'retry'],
    quorum: 1,
    urgent: true,
  });
}

/** Who and what could yank, as the cards show it. */
export function readinessLines(desk: Desk): SubjectLine[] {
  const { ledger, terms } = desk;
  const from = desk.now();
  const present = ledger.shifts.filter(({ until }) => until === undefined || until > from);
  const until = new Date(Date.parse(from) + terms.watchSeconds * 1000).toISOString();
  const alone = isArmed(ledger) || present.length === 0 ? [] : gapsIn(present, from, until);
  return [
    ...(ledger.readiness?.armed ?? []).map(({ driver, until: end }) => ({
      label: 'ready to yank',
      value: end === undefined ? driver : `${driver}, until ${end}`,
    })),
    ...present.map(({ by, until: end }) => ({
      label: 'on watch',
      value: end === undefined ? by : `${by}, until ${end}`,
    })),
    ...alone.map((gap) => ({ label: 'nobody on watch', value: `${gap.from} to ${gap.until}` })),
    ...rosterLines(desk),
  ];
}

/** The most lines of a roster on one card. */
const mostShifts = 6;

function rosterLines({ ledger }: Desk): SubjectLine[] {
  return (ledger.readiness?.plan ?? [])
    .slice(0, mostShifts)
    .map(({ by, local }) => ({ label: 'can be asked', value: `${by}, ${local}` }));
}
