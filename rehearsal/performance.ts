import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { writeEvidence } from '../src/client/evidence.js';
import { startRelease } from '../src/client/releases.js';
import { interruption } from '../src/config/program.js';
import type { Ledger } from '../src/contract/state.js';
import { troubleLines } from '../src/contract/trouble.js';
import { cacheFolder } from '../tools/paths.mjs';
import { stage } from '../tools/progress.mjs';
import { pythonTools } from '../tools/python.mjs';
import { temporalBinary } from '../tools/temporal.mjs';
import { asPerson, jsonSummary, textSummary, webUiOf } from './summary.js';
import { liveView } from './view.js';
import { people, playPeople, type Story } from './world/people.js';
import { openWorld, type World } from './world/world.js';

/** One rehearsal: which package, from where, and who answers. */
export interface Performance {
  readonly package: string;
  readonly version: string;
  readonly branch: string;
  /** The branch that is released into; main by default. */
  readonly base?: string;
  readonly watchSeconds: number;
  readonly secrets?: readonly string[];
  /** Leaves the answers to the person at the terminal. */
  readonly interactive: boolean;
  /** Leaves everything running afterwards. */
  readonly keep: boolean;
  readonly json: boolean;
  /** The folder that the evidence of the release is written into. */
  readonly evidence: string;
  readonly expected: 'released' | 'yanked';
  /** What can be done after it, when it ended as expected and when it did not. */
  readonly next: { readonly good: string; readonly bad: string };
  /** Makes the repository in the folder and returns its address. */
  prepareRepository(folder: string): Promise<string>;
  /** What else has to be there before the release starts. */
  prepareWorld?(world: World, pythonTools: string): Promise<void>;
  readonly story: Story;
}

/** The options of every rehearsal. */
export const rehearsalOptions = {
  interactive: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  evidence: { type: 'string', default: evidenceFolder() },
} as const;

/** What is given by these options. */
export type RehearsalOptions = Pick<Performance, keyof typeof rehearsalOptions>;

/** Where the evidence of rehearsals stays, when everything else of them is gone. */
function evidenceFolder(): string {
  return path.join(cacheFolder(), 'evidence');
}

/** Plays a rehearsal to its end and returns whether it ended as it should. */
export async function perform(performance: Performance): Promise<boolean> {
  const binary: string = await stage('Temporal server', (log) => temporalBinary({ log }));
  const tools: string = await stage('Python tools', (log) => pythonTools({ log }));
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-rehearsal-'));
  const began = Date.now();
  const interrupted = interruption();
  const world: World = await stage('Stand-ins', async (log) => {
    const repository = await performance.prepareRepository(folder);
    const opened = await openWorld({
      ...performance,
      folder,
      temporalBinary: binary,
      pythonTools: tools,
      repository,
      onForge: true,
      // The stand-ins run no such workflow, and who rehearses is to see the whole procedure.
      publishingWorkflows: 'tell',
      say: log,
    });
    log('prepares the indexes');
    await performance.prepareWorld?.(opened, tools);
    return opened;
  });
  try {
    const ledger = await Promise.race([play(world, performance), interrupted]);
    if (ledger === undefined) return false;
    const { files } = await writeEvidence(ledger, performance.evidence, process.env);
    const seconds = (Date.now() - began) / 1000;
    const isGood = ledger.outcome?.outcome === performance.expected;
    const next = performance.keep ? undefined : performance.next[isGood ? 'good' : 'bad'];
    process.stderr.write(`${textSummary(world, ledger, { seconds, files, next })}\n`);
    if (performance.json) process.stdout.write(`${jsonSummary(world, ledger, files)}\n`);
    if (performance.keep) await interrupted;
    return isGood;
  } finally {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(world: World, performance: Performance): Promise<Ledger | undefined> {
  const [by] = people;
  const admission = await startRelease(world.client, {
    package: performance.package,
    version: performance.version,
    by,
    branch: performance.branch,
    wait: false,
    acceptUnisolated: false,
  });
  if (admission.state === 'refused') {
    const trouble = { ...admission.trouble, next: performance.next.bad };
    process.stderr.write(`${troubleLines(trouble).join('\n')}\n`);
    return undefined;
  }
  const { limits = [] } = admission.state === 'admitted' ? admission : {};
  for (const limit of limits) process.stderr.write(`Know that ${limit}\n`);
  const id = `release/${performance.package}/${performance.version}`;
  process.stderr.write(`Web UI: ${webUiOf(world, { id })}\n`);
  if (performance.interactive)
    process.stderr.write(
      `You are the people. In another terminal:\n  export ${asPerson(world)}\nthen the commands shown below, with \`npx slipway\`.\n\n`,
    );
  const { forge } = world;
  const story = performance.interactive
    ? undefined
    : {
        ...performance.story,
        ...(forge && { approve: (who: string, head: string) => forge.approve(who, head) }),
      };
  return playPeople(world, performance, story, liveView(process.stderr, performance.interactive));
}
