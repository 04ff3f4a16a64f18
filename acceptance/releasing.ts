import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { people, playPeople, type Story } from '../rehearsal/world/people.js';
import { openWorld, type World, type WorldOptions } from '../rehearsal/world/world.js';
import { startRelease } from '../src/client/releases.js';
import { progress } from '../src/contract/progress.js';
import type { Ledger } from '../src/contract/state.js';
import { pythonTools } from '../tools/python.mjs';
import { temporalBinary } from '../tools/temporal.mjs';
import { interruption } from './interruption.js';
import type { Outcome, Part } from './part.js';

/** What a case plays on. */
export interface Stage {
  /** A folder that is gone afterwards. */
  readonly folder: string;
  readonly temporalBinary: string;
  readonly pythonTools: string;
  /** Shows what is going on. */
  say(doing: string): void;
}

/** A case: whole releases in a world of its own; says what was seen, and throws where that is not right. */
export type Case = (stage: Stage) => Promise<string>;

/** A part of such cases. */
export function partOf(name: string, title: string, cases: Readonly<Record<string, Case>>): Part {
  return {
    name,
    title,
    cases: Object.keys(cases),
    play: (which, say) => play(which, cases[which], say),
  };
}

async function play(name: string, body: Case | undefined, say: Stage['say']): Promise<Outcome> {
  if (body === undefined) throw new Error(`there is no case ${name}`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-acceptance-'));
  const tools: string = await pythonTools({ log: say });
  const binary: string = await temporalBinary({ log: say });
  const began = performance.now();
  const end = (seen: string) => ({ name, seen, seconds: (performance.now() - began) / 1000 });
  try {
    return end(await body({ folder, say, pythonTools: tools, temporalBinary: binary }));
  } catch (error) {
    const instead = error instanceof Otherwise ? error.instead : 'as its name says';
    return { ...end(error instanceof Error ? error.message : String(error)), instead };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The longest that a release may take, in milliseconds: then somebody has to be asked whom nobody plays. */
const longest = 15 * 60_000;

/** Opens a world, does something in it and closes it. */
export async function inWorld<T>(
  stage: Stage,
  options: Omit<WorldOptions, keyof Stage>,
  body: (world: World) => Promise<T>,
): Promise<T> {
  const world = await openWorld({ ...options, ...stage, folder: path.join(stage.folder, 'world') });
  try {
    return await Promise.race([body(world), interruption]);
  } finally {
    await world.close();
  }
}

/** A release was refused. */
export class Refused extends Error {}

/** Something else was seen than what ought to be. */
export class Otherwise extends Error {
  constructor(
    seen: string,
    readonly instead: string,
  ) {
    super(seen);
  }
}

/** Starts a release and plays its people until it ends; they review where the forge has reviews. */
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
  if (admission.state === 'refused') throw new Refused(admission.problems.join('\n'));
  let now = 'the beginning';
  const patience = new AbortController();
  const tooLong = delay(longest, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`it did not end within ${String(longest / 60_000)} minutes, and is at ${now}`);
  });
  const { forge } = world;
  const story = {
    ...request.story,
    ...(forge && { approve: (who: string, head: string) => forge.approve(who, head) }),
  };
  const played = playPeople(world, request, story, (ledger) => {
    const running = progress(ledger, new Date().toISOString()).rows.find(({ state }) => state === 'running');
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
