import { setTimeout as delay } from 'node:timers/promises';

import { forges } from '../activities/forge/forges.js';
import { indexedFiles, proofOfYank, whyTakenBack } from '../activities/package-index.js';
import { stopUploads } from '../activities/publisher/stopping.js';
import { limited } from '../activities/support/cancellation.js';
import { resolveIndex } from '../activities/support/indexes.js';
import type { Workbench } from '../activities/support/workbench.js';
import { createDrivers } from '../activities/yank/drivers.js';
import { createYankActivities } from '../activities/yank/ensure-yanked.js';
import { keepNote } from '../activities/yank/note.js';
import type { Settings } from '../config/settings.js';
import type { Subject } from '../contract/activities.js';
import type { YankAttempt } from '../contract/yank-attempt.js';
import type { DirectYank } from '../contract/direct-yank.js';
import type { IndexAddress } from '../contract/release.js';
import { openBench } from './bench.js';

/** How often the index is looked at while a person yanks, in milliseconds. */
const lookMilliseconds = 2000;

/** How long whoever could still upload may take to answer, beside the yank. */
const stopSeconds = 20;

/** A slow index must not keep the drivers back, in milliseconds. */
const longestLook = 2000;

/** Yanks and proves it with no server and no worker, by the same drivers; who may not, or what cannot be, is an error of one sentence. */
export async function yankDirectly(
  settings: Settings,
  subject: Subject,
  asked: Pick<DirectYank, 'by' | 'reason'>,
  json: boolean,
): Promise<void> {
  const note: DirectYank = { ...asked, at: new Date().toISOString() };
  refuse(settings, subject, note.by);
  const bench = await openBench(settings, 'urgent', say);
  const index = await resolveIndex(bench, settings.production);
  // Also where nothing is listed yet, or all that is listed is yanked: more may come.
  const stopped = endUploads(bench, subject);
  const done = await takeBack(bench, index, subject, note).finally(() => stopped);
  const seconds = (Date.parse(done.provenAt) - Date.parse(done.at)) / 1000;
  const { package: name, version } = subject;
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...subject, index: index.name, yanked: true, ...done, seconds })}\n`
      : `${name} ${version} is yanked on ${index.name}, ${seconds.toFixed(1)} s after the command, by ${done.driver}.\nIts release takes this over when it is back; if it has ended, send \`slipway yank ${name} ${version}\` then, which puts main back.\n`,
  );
}

function refuse({ approvers, packages }: Settings, { package: name }: Subject, by: string): void {
  if (!approvers.includes(by))
    throw new Error(
      `${by} may not yank: the approvers in slipway.toml are ${approvers.join(', ')}. Say who you are with --as.`,
    );
  if (packages[name] === undefined)
    throw new Error(
      `slipway.toml has no package ${name}: name one of ${Object.keys(packages).join(', ')}, or yank on the index by hand.`,
    );
}

async function endUploads(bench: Workbench, subject: Subject): Promise<void> {
  const { evidence } = await stopUploads(bench, forges(bench), subject, stopSeconds);
  for (const { what } of evidence) say(what);
}

async function takeBack(
  bench: Workbench,
  index: IndexAddress,
  subject: Subject,
  note: DirectYank,
): Promise<Required<DirectYank>> {
  if (await isTakenBack(bench, index, subject))
    return { ...note, driver: 'somebody else', provenAt: new Date().toISOString() };
  return yankAndNote(bench, index, subject, note);
}

/** Whether somebody was faster; an index that cannot be read keeps no yank back, one that lists nothing has nothing to yank. */
async function isTakenBack(bench: Workbench, index: IndexAddress, subject: Subject): Promise<boolean> {
  const files = await limited(longestLook, () => indexedFiles(bench, index, subject)).catch(() => undefined);
  if (files === undefined) return false;
  if (files.length === 0 && index.yanks !== false)
    throw new Error(
      `${index.name} lists no file of ${subject.package} ${subject.version}: there is nothing to yank. If it is being uploaded just now, try again in a minute.`,
    );
  return whyTakenBack(index, files) !== undefined;
}

/** The note is there before the yank: a release that is back before this has ended finds who did it. */
async function yankAndNote(
  bench: Workbench,
  index: IndexAddress,
  subject: Subject,
  note: DirectYank,
): Promise<Required<DirectYank>> {
  await leave(bench, subject, note);
  const done = await untilProven(bench, index, subject, note);
  await leave(bench, subject, done);
  return done;
}

/** A note that cannot be left keeps no yank back. */
async function leave({ store }: Workbench, subject: Subject, note: DirectYank): Promise<void> {
  try {
    await keepNote(store, subject, note);
  } catch (error) {
    say(`No note of this could be left for the release: ${(error as Error).message}`);
  }
}

async function untilProven(
  bench: Workbench,
  index: IndexAddress,
  subject: Subject,
  note: DirectYank,
): Promise<Required<DirectYank>> {
  const { drivers } = bench.settings.yank;
  const { ensureYanked } = createYankActivities(bench, createDrivers(bench));
  const attempt = await ensureYanked({ index, subject, reason: note.reason, drivers });
  for (const { what } of attempt.evidence) say(what);
  const driver = attempt.proven ? attempt.driver : await byHand(bench, index, subject, attempt);
  return { ...note, driver, provenAt: new Date().toISOString() };
}

/** Tells a person what to do and waits until the index says so; returns who did it. */
async function byHand(
  bench: Workbench,
  index: IndexAddress,
  subject: Subject,
  { toDo, driver = 'person' }: Extract<YankAttempt, { proven: false }>,
): Promise<string> {
  for (const line of toDo) say(line);
  say(`Waiting until ${index.name} says so; Ctrl-C ends only the waiting.`);
  while ((await proofOfYank(bench, index, subject).catch(() => undefined)) === undefined)
    await delay(lookMilliseconds);
  return driver;
}

/** What goes on; the one line of the result stands alone on the standard output. */
function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
