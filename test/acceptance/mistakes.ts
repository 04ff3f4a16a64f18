import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { execa } from 'execa';
import { parse, stringify, type TomlTable } from 'smol-toml';
import { expect } from 'vitest';

import { publishStable, sample } from '../../rehearsal/sample-world.js';
import type { Remote } from '../../rehearsal/world/repository.js';
import { openWorld, type World } from '../../rehearsal/world/world.js';
import { readLedger } from '../../src/client/releases.js';
import type { Ledger } from '../../src/contract/state.js';
import { slipway, type Ended } from '../client/slipway.js';
import { expectThreeLines } from '../contract/three-lines.js';
import { pocket, pocketRemote, sampleWithBadBranches } from './bad-repositories.js';

/** A world in which people make mistakes, and what tells whether anything came of one. */
export interface Mistakes {
  readonly world: World;
  /** Runs the client with this command line. */
  slipway(line: string): Promise<Ended>;
  /** Everything outside that a release may change, a line each: the repositories' refs, and the indexes' changes so far. */
  outside(): Promise<string[]>;
  /** The ledger of a release once it is so. */
  until(name: string, version: string, is: (ledger: Ledger) => boolean): Promise<Ledger>;
  /** Has the workers go by the world's own settings with these tables in place of theirs, as an operator would. */
  changeSettings(tables: TomlTable): Promise<void>;
  close(): Promise<void>;
}

/** Opens the world: the sample with its bad branches and its stable version published, and the small package. */
export async function openMistakes(temporalBinary: string, pythonTools: string): Promise<Mistakes> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-test-'));
  const [meantIt, small] = await Promise.all([
    sampleWithBadBranches(path.join(folder, 'meant-it.git')),
    pocketRemote(path.join(folder, 'pocket.git')),
  ]);
  const world = await openWorld({
    folder,
    temporalBinary,
    pythonTools,
    package: sample.package,
    repository: meantIt.address,
    packages: { [pocket]: small.address },
    watchSeconds: 3600,
    say: () => undefined,
  });
  await publishStable(world, pythonTools);
  const settings = parse(await readFile(world.settings, 'utf8'));
  return {
    world,
    slipway: (line) => slipway(line.split(' '), world.temporal.address),
    outside: async () => [...(await refs(meantIt)), ...(await refs(small)), ...changes(world)],
    async until(name, version, is) {
      for (;;) {
        const ledger = await readLedger(world.client, name, version);
        if (is(ledger)) return ledger;
        await delay(100);
      }
    },
    async changeSettings(tables) {
      await writeFile(world.settings, stringify({ ...settings, ...tables }));
      await world.workers.stop();
      await world.workers.start();
    },
    async close() {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function refs({ address }: Remote): Promise<string[]> {
  return (await execa('git', ['-C', address, 'for-each-ref'])).stdout.split('\n');
}

function changes({ test, production }: World): string[] {
  return [...test.accessLog(), ...production.accessLog()].flatMap((entry) =>
    entry.kind === 'change' ? [JSON.stringify(entry.change)] : [],
  );
}

/** Runs the client and sees to it that nothing changed outside. */
export async function inVain(mistakes: Mistakes, line: string): Promise<Ended> {
  const before = await mistakes.outside();
  const ended = await mistakes.slipway(line);
  expect(await mistakes.outside()).toEqual(before);
  return ended;
}

/** Sees to it that a start is refused in these words and that nothing changed outside. */
export async function expectRefusal(
  mistakes: Mistakes,
  line: string,
  words: readonly string[],
): Promise<void> {
  const { stdout, stderr, exitCode } = await inVain(mistakes, line);
  for (const word of ['Refused; nothing was changed.', ...words]) expect(stderr).toContain(word);
  expectThreeLines(stderr);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
}
