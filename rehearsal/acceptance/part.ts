import { setTimeout as delay } from 'node:timers/promises';

import type { World, WorldOptions } from '../world/world.js';
import { openWorld, people } from '../world/world.js';
import { playPeople, type Story } from '../world/people.js';
import { startRelease } from '../../src/client/releases.js';
import { progress } from '../../src/contract/progress.js';
import type { Ledger } from '../../src/contract/state.js';

/** One part of the acceptance run: whole releases in worlds that are not the sample's. */
export interface Part {
  /** As `npm run acceptance -- <name>` names it. */
  readonly name: string;
  readonly about: string;
  run(stage: Stage): Promise<void>;
}

/** What a part plays on. */
export interface Stage {
  /** A folder that is gone afterwards. */
  readonly folder: string;
  readonly temporalBinary: string;
  readonly pythonTools: string;
  /** Shows what is going on. */
  say(doing: string): void;
  /** Plays one case: a row of the table, right if `body` returns what was seen and wrong if it throws. */
  check(name: string, body: () => Promise<string>): Promise<void>;
}

/** The longest that a release may take, in milliseconds: then somebody has to be asked whom nobody plays. */
const longest = 15 * 60_000;

/** Opens a world, does something in it and closes it. */
export async function inWorld<T>(
  stage: Stage,
  options: Omit<WorldOptions, 'temporalBinary' | 'pythonTools' | 'say'>,
  body: (world: World) => Promise<T>,
): Promise<T> {
  const world = await openWorld({ ...options, ...stage, folder: options.folder });
  try {
    return await body(world);
  } finally {
    await world.close();
  }
}

/** Starts a release and plays its people until it ends; a refusal is an error that says why. */
export async function release(
  stage: Stage,
  world: World,
  request: { package: string; version: string; story?: Story },
): Promise<Ledger> {
  const admission = await startRelease(world.client, {
    package: request.package,
    version: request.version,
    by: people[0],
    wait: false,
    acceptUnisolated: false,
  });
  if (admission.state === 'refused') throw new Error(admission.problems.join(' '));
  let now = 'the beginning';
  const patience = new AbortController();
  const tooLong = delay(longest, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`it did not end within ${String(longest / 60_000)} minutes, and is at ${now}`);
  });
  const played = playPeople(world.client, request, request.story ?? {}, (ledger) => {
    const running = progress(ledger).rows.find(({ state }) => state === 'running');
    if (running === undefined) return;
    now = `${running.id}${ledger.notice === undefined ? '' : ` (${ledger.notice})`}`;
    stage.say(`${request.version}: ${now}`);
  });
  try {
    return await Promise.race([played, tooLong]);
  } finally {
    patience.abort();
    tooLong.catch(() => undefined);
    played.catch(() => undefined);
  }
}

/** What the evidence and the findings of a step say, one line each. */
export function saidBy(ledger: Ledger, step: string): string[] {
  const record = ledger.steps.find(({ id }) => id === step);
  return [
    ...(record?.evidence ?? []).map(({ what }) => what),
    ...(record?.findings ?? []).map(({ title, detail }) => [title, detail].join(': ')),
  ];
}

/** That a text is among those said; the error shows them all. */
export function expectSaid(said: readonly string[], text: string): void {
  if (!said.some((line) => line.includes(text)))
    throw new Error(`nothing said "${text}", but: ${said.join(' | ')}`);
}

/** That two things are the same. */
export function expectSame(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what} is ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`);
}

/** That the release ended so; otherwise what its steps found. */
export function expectOutcome(ledger: Ledger, outcome: 'released' | 'yanked' | 'abandoned'): void {
  if (ledger.outcome?.outcome === outcome) return;
  const found = [...ledger.candidates, ...ledger.steps].flatMap(({ findings }) =>
    findings.map(({ title, detail }) => [title, detail].join(': ')),
  );
  throw new Error(`${ledger.outcome?.summary ?? 'it did not end'} ${found.join(' | ')}`);
}
