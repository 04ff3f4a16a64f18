import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import type { World } from '../../rehearsal/world/world.js';
import { report, type Observation } from './judge.js';
import { playFaultyRelease, pointsFolder, released } from './kill-points/faulty-release.js';
import { readSeen, type Planned } from './kill-points/plan.js';
import { killedAt, killOnceMoved } from './kill-points/ref-record.js';
import { fileEffects, refEffects, uploads } from './observation.js';

const { branch, tag } = released;

const pushOf = (ref: string, moment: string): Planned => ({
  pattern: `^publish git push .*:${ref}( .*)? #\\d+ ${moment}$`,
});
const uploadOf = (moment: string): Planned => ({
  pattern: `^publish python .*upload_with_twine.* …/tiny_package-1\\.1\\.0(-|\\.tar).* ${moment}$`,
});

/** Where a worker is killed by its own switch, each once; of two that are alike the lower row comes first. */
const planned: readonly (readonly [row: number, at: Planned])[] = [
  [1, pushOf(`refs/heads/${branch}`, 'before')],
  [3, pushOf(`refs/heads/${branch}`, 'after')],
  [8, pushOf('refs/heads/main', 'before')],
  [18, uploadOf('before')],
  [21, uploadOf('after')],
  [22, uploadOf('after')],
];

/** Where it is killed by the repository, which has done what was asked and not answered yet. */
const committed = {
  2: `moved refs/heads/${branch}`,
  13: `moved refs/tags/${tag}`,
  14: `deleted refs/heads/${branch}`,
} as const;

describe('a release whose worker is killed at every change that it makes outside', () => {
  let folder: string;
  let seen: Observation;
  /** The rows whose worker died. */
  const died = new Set<number>();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-killed-'));
    const points = pointsFolder({ folder });
    const killing = new AbortController();
    seen = await playFaultyRelease({
      ...{ folder, onForge: false, plan: planned.map(([, at]) => at), longest: 800_000 },
      ...{ temporalBinary: inject('temporalBinary'), pythonTools: inject('pythonTools') },
      reproduce: 'npx vitest run test/chaos/killed.test.ts',
      async prepare(world) {
        await killOnceMoved(world.remote, points, 'publish', Object.values(committed));
        void killInMidBytes(world, killing.signal);
      },
    });
    killing.abort();
    const passed = await readSeen(points);
    for (const [at, [row]] of planned.entries()) if (passed.some(({ kills }) => kills === at)) died.add(row);
    const killed = await killedAt({ folder: path.join(folder, 'remote.git') });
    for (const [row, at] of Object.entries(committed)) if (killed.includes(at)) died.add(Number(row));
    // It takes a minute where nothing else is going on.
  }, 900_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Kills the worker that uploads the first file to production as soon as the index has begun to receive its bytes. */
  async function killInMidBytes({ production }: World, ended: AbortSignal): Promise<void> {
    const slow = { kind: 'throttle', bytesPerSecond: 200 } as const;
    production.misbehave({ file: /1\.1\.0/, times: 1, fault: slow });
    const incoming = path.join(folder, 'world', 'production-index', 'incoming');
    const arriving = () => readdir(incoming).catch(() => []);
    while (!ended.aborted && (await arriving()).length === 0) await delay(20);
    if (ended.aborted) return;
    const worker = Number(await readFile(path.join(pointsFolder({ folder }), 'pid-publish'), 'utf8'));
    process.kill(worker, 'SIGKILL');
    died.add(19);
  }

  const row = (title: string, test: () => void) =>
    it(title, () => {
      expect(died, 'the worker was not killed there').toContain(Number(/^row (\d+)/.exec(title)?.[1]));
      test();
    });
  const movesOf = (ref: string) => refEffects(seen, ref).filter(({ foreign }) => foreign !== true);
  const storedOnProduction = () => uploads(seen).map(({ filename }) => filename);
  const bothFiles = () => seen.ledger?.final?.manifest.files.map(({ filename }) => filename) ?? [];

  it('breaks no invariant, and ends released', () => {
    expect(report(seen)).toBe('');
    expect(seen.ledger?.outcome?.outcome).toBe('released');
  });

  row('row 1: the worker dies before the branch is pushed, and the devN commit is there once', () => {
    const stored = fileEffects(seen, 'test').map(({ version }) => version);
    expect(stored).toEqual(['1.1.0.dev0', '1.1.0.dev0', '1.1.0.dev1', '1.1.0.dev1']);
    expect(movesOf(`refs/heads/${branch}`)).toHaveLength(3);
  });
  row('row 2: it dies when the ref has moved and the reply is lost, and finds its commit there', () => {
    const [first] = movesOf(`refs/heads/${branch}`);
    expect(first?.to).toBe(seen.ledger?.candidates[0]?.commit);
  });
  row('row 3: it dies after the push, before its end is known, and makes no second commit', () => {
    const [, second] = movesOf(`refs/heads/${branch}`);
    expect(second?.to).toBe(seen.ledger?.candidates[1]?.commit);
  });
  row('row 8: it dies between the merge and its push, and pushes the same merge', () => {
    const kept = seen.effects.flatMap((effect) =>
      effect.kind === 'ref' && effect.ref.startsWith('refs/slipway/') ? [effect.to] : [],
    );
    expect(movesOf('refs/heads/main')[0]?.to).toBe(seen.ledger?.merges[0]?.commit);
    expect(kept).toContain(seen.ledger?.merges[0]?.commit);
  });
  row('row 13: it dies while the tag is pushed, which stands once, at the final commit', () => {
    expect(movesOf(`refs/tags/${tag}`).map(({ to }) => to)).toEqual([seen.ledger?.final?.commit]);
  });
  row('row 14: it dies while the branch is deleted, which has then succeeded', () => {
    expect(movesOf(`refs/heads/${branch}`).filter(({ to }) => to === undefined)).toHaveLength(1);
    expect(seen.ledger?.steps.at(-1)?.state).toBe('passed');
  });
  row('row 18: it dies before the first upload, and each file is stored once', () => {
    expect(storedOnProduction().sort()).toEqual(bothFiles().sort());
  });
  row('row 19: it dies in the middle of a file, of which the index then has nothing or all', () => {
    expect(
      uploads(seen)
        .map(({ sha256 }) => sha256)
        .sort(),
    ).toEqual(seen.ledger?.final?.manifest.files.map(({ sha256 }) => sha256).sort());
  });
  row('row 21: it dies between the files, and the second is uploaded from what was built', () => {
    expect(seen.ledger?.final?.manifest.commit).toBe(seen.rest.refs[`refs/tags/${tag}`]);
    expect(storedOnProduction()).toHaveLength(2);
  });
  row('row 22: it dies after the last upload, and nothing on the index changes any more', () => {
    const changes = fileEffects(seen, 'production').filter(({ version }) => version === released.version);
    expect(changes.map(({ kind }) => kind)).toEqual(['stored', 'stored']);
  });
});
