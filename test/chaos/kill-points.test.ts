import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { expect, inject, test } from 'vitest';

import { report } from './judge.js';
import { playFaultyRelease, pointsFolder } from './kill-points/faulty-release.js';
import { readSeen } from './kill-points/plan.js';

/** What is drawn of the points that `npm run chaos` tries one and all; a tool dies soon after it was started. */
const seed = Number(process.env.SLIPWAY_SEED ?? 7);
const drawn = { sample: { seed, oneIn: 80 }, after: 60 };

test('a release whose worker is killed at a sample of its points ends released', async ({ annotate }) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-kill-points-'));
  const seen = await playFaultyRelease({
    ...{ folder, onForge: true, plan: [drawn], longest: 800_000 },
    ...{ temporalBinary: inject('temporalBinary'), pythonTools: inject('pythonTools') },
    reproduce: `SLIPWAY_SEED=${String(seed)} npx vitest run test/chaos/kill-points.test.ts`,
  });
  const points = await readSeen(pointsFolder({ folder }));
  const deaths = points.filter(({ kills }) => kills !== undefined);

  expect(report(seen), `everything of it: ${folder}`).toBe('');
  expect(seen.ledger?.outcome?.outcome).toBe('released');
  expect(deaths.length).toBeGreaterThan(10);
  await rm(folder, { recursive: true, force: true });
  await annotate(
    `seed ${String(seed)}: survived ${String(deaths.length)} deaths at ${String(points.length)} points`,
  );
}, 900_000);
