import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, inject, it } from 'vitest';

import { cacheFolder } from '../../tools/paths.mjs';
import { carryOut, playPlan, type Campaign } from './kill-points/campaign.js';
import type { Planned } from './kill-points/plan.js';

const {
  SLIPWAY_CHAOS_FOLDER: kept,
  SLIPWAY_CHAOS_MINUTES: minutes = '60',
  SLIPWAY_PLAN: again,
} = process.env;

const campaign = (): Campaign => ({
  ...{ temporalBinary: inject('temporalBinary'), pythonTools: inject('pythonTools'), onForge: true },
  folder: path.join(kept ?? path.join(cacheFolder(), 'chaos', 'loose'), 'kill-points'),
  reproduce: 'npm run chaos -- --plan ',
  ...{ perRun: 80, lanes: 3, time: Number(minutes) * 60_000, longest: 20 * 60_000 },
});

it('survives that its worker dies, wherever that is in a release with one failed candidate', async ({
  skip,
}) => {
  skip(again !== undefined, 'one plan is played instead');
  await mkdir(campaign().folder, { recursive: true });
  const { all, tried, survived, notMet, reports } = await carryOut(campaign());
  expect(reports).toEqual([]);
  expect(notMet).toEqual([]);
  expect({ tried, survived }).toEqual({ tried: all, survived: all });
});

it('survives the deaths of a plan that is played again', async ({ skip }) => {
  if (again === undefined) return skip('no plan is named with --plan');
  const plan = JSON.parse(await readFile(again, 'utf8')) as readonly Planned[];
  const { broken } = await playPlan(campaign(), plan);
  expect(broken).toBe('');
});
