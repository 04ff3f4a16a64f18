import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { Driver, Drivers, Yank, YankAct } from '../../../src/activities/yank/driver.js';
import { createDrivers } from '../../../src/activities/yank/drivers.js';
import { createYankActivities } from '../../../src/activities/yank/ensure-yanked.js';
import { pause } from '../../../src/activities/support/cancellation.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { YankAttempt } from '../../../src/contract/yank-attempt.js';
import type { IndexAddress, YankDriver } from '../../../src/contract/release.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { makeBench } from '../support/bench.js';
import { publishedIndex } from '../support/demo-index.js';

const subject = { package: 'wh-demo', version: '1.0.0' };
const reason = 'it breaks';
const link = 'manage/project/wh-demo/release/1.0.0/';

let index: IndexStandIn;
let address: IndexAddress;
let bench: Workbench;

beforeEach(async () => {
  ({ index, address } = await publishedIndex());
  const opened = await makeBench({
    production: address,
    settings: { yank: { drivers: ['person'], limitSeconds: 1, lateFilesSeconds: 900, secrets: [] } },
  });
  onTestFinished(() => opened.close());
  bench = opened;
});

const act = (acted: YankAct['acted']): YankAct => ({ acted, evidence: [{ what: 'tried' }], toDo: [] });

function driver(yank: Driver['yank']): Driver {
  return { yank, arm: () => Promise.reject(new Error('nobody arms')) };
}

const works = (after = 0) =>
  driver(async () => {
    await pause(after);
    index.yank('wh-demo', '1.0.0', reason);
    return act(true);
  });
const hangs = driver(() => pause(60_000).then(() => act(false)));
/** It does not even heed that its time is over. */
const isDeaf = driver(() => new Promise(() => undefined));
const breaks = driver(() => Promise.reject(new Error('it broke')));
const isNone = driver(() => Promise.resolve(act(false)));

async function yankBy(
  drivers: Partial<Drivers>,
  limitSeconds = 1,
): Promise<YankAttempt & { readonly milliseconds: number }> {
  const limited = { ...bench.settings, yank: { ...bench.settings.yank, limitSeconds } };
  const began = Date.now();
  const yank: Yank & { drivers: readonly YankDriver[] } = {
    ...{ index: address, subject, reason },
    drivers: Object.keys(drivers) as YankDriver[],
  };
  const all = { ...createDrivers(bench), ...drivers };
  const attempt = await createYankActivities({ ...bench, settings: limited }, all, 3).ensureYanked(yank);
  return { ...attempt, milliseconds: Date.now() - began };
}

describe('of drivers side by side the first that works wins', () => {
  test.each<[string, Driver]>([
    ['hangs', hangs],
    ['heeds nothing', isDeaf],
    ['breaks', breaks],
    ['can do nothing', isNone],
  ])('beside one that %s', async (_what, other) => {
    const limitSeconds = 30;
    const attempt = await yankBy({ web: other, command: works() }, limitSeconds);
    expect(attempt).toMatchObject({ proven: true, driver: 'command' });
    expect(attempt.milliseconds).toBeLessThan(limitSeconds * 500);
  });

  test('the answer names who has done it, and not who has tried', async () => {
    const tried = driver(() => Promise.resolve(act('perhaps')));
    expect(await yankBy({ command: tried, web: works(300) })).toMatchObject({ proven: true, driver: 'web' });
    index.unyank('wh-demo', '1.0.0');
    const silent = driver(() => {
      index.yank('wh-demo', '1.0.0', reason);
      return new Promise(() => undefined);
    });
    expect(await yankBy({ command: silent, web: isNone })).toMatchObject({ proven: true, driver: 'command' });
  });

  test('the index is read all the while: somebody else may be faster than all of them', async () => {
    const others = driver(() => {
      index.yank('wh-demo', '1.0.0', 'by hand');
      return Promise.resolve(act(false));
    });
    expect(await yankBy({ command: others, person: isNone })).toMatchObject({ proven: false });
    expect(await yankBy({ command: isNone })).toMatchObject({ proven: true, driver: 'somebody else' });
  });
});

describe('people are told what to do within seconds', () => {
  test.each<[string, Driver, string]>([
    ['hangs', hangs, 'The driver web did not end within 1 seconds'],
    ['heeds nothing', isDeaf, 'The driver web did not end within 1 seconds'],
    ['breaks', breaks, 'The driver web ended without an answer: it broke'],
  ])('when the only driver %s', async (_what, only, said) => {
    const attempt = await yankBy({ web: only });
    expect(attempt).toMatchObject({ proven: false, driver: 'web', evidence: [{ what: said }] });
    expect(attempt.proven ? [] : attempt.toDo[0]).toContain(link);
    expect(attempt.milliseconds).toBeLessThan(8000);
  });

  test('when the index answers nothing', async () => {
    index.misbehave({ method: 'GET', fault: { kind: 'delay', ms: 60_000 } });
    const attempt = await yankBy({ command: isNone });
    expect(attempt.proven ? [] : attempt.toDo[0]).toContain(link);
    expect(attempt.milliseconds).toBeLessThan(4000);
  });
});
