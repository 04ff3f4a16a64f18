import path from 'node:path';

import type { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, onTestFinished, test } from 'vitest';

import { createArmingActivities } from '../../../src/activities/yank/arming.js';
import type { Driver, Drivers, DriverArming } from '../../../src/activities/yank/driver.js';
import { createDrivers } from '../../../src/activities/yank/drivers.js';
import type { Settings } from '../../../src/config/settings.js';
import type { Arming } from '../../../src/contract/yank-attempt.js';
import type { YankDriver } from '../../../src/contract/release.js';
import { makeBench } from '../support/bench.js';

const index = {
  name: 'the index',
  upload: 'http://127.0.0.1:1/legacy/',
  simple: 'http://127.0.0.1:1/simple/',
};
const subject = { package: 'wh-demo', version: '1.0.0' };
const person =
  'Have somebody on watch who can yank at http://127.0.0.1:1/manage/project/wh-demo/release/1.0.0/.';

async function ensureArmed(
  yank: Partial<Settings['yank']>,
  drivers: readonly YankDriver[] = ['command', 'person'],
): Promise<Arming> {
  const bench = await makeBench({
    secrets: { TOKEN: 'canary' },
    settings: { yank: { drivers, limitSeconds: 15, lateFilesSeconds: 900, secrets: [], ...yank } },
  });
  onTestFinished(() => bench.close());
  return createArmingActivities(createDrivers(bench)).ensureArmed({ index, subject, drivers });
}

describe('the driver command', () => {
  test('is armed where its program is found and its secrets are held; a person never is', async () => {
    for (const program of [process.execPath, 'sh'])
      expect(await ensureArmed({ command: [program], secrets: ['TOKEN'] })).toEqual({
        armed: [{ driver: 'command' }],
        evidence: [{ what: `The command that yanks is there: ${program}` }],
        toDo: [person],
      });
  });

  test.each<[string, Partial<Settings['yank']>, string]>([
    ['no command', {}, 'The settings name no command that yanks.'],
    ['no such program', { command: ['slipway-nothing'] }, 'no program slipway-nothing can be run'],
    ['a folder for a program', { command: [path.dirname(process.execPath)] }, 'can be run on this machine'],
    [
      'a secret that is missing',
      { command: ['sh'], secrets: ['TOKEN', 'OTHER'] },
      'needs OTHER, which this worker does not hold',
    ],
  ])('is not with %s', async (_what, yank, problem) => {
    const arming = await ensureArmed(yank);
    expect(arming.armed).toEqual([]);
    expect(arming.toDo).toEqual([expect.stringContaining(problem), person]);
  });

  test('is tried by its check, which gets what the command gets', async () => {
    const check = (code: string) => [process.execPath, '-e', code, '{package}', '{version}'];
    const good = check(
      "process.exit(process.env.TOKEN === 'canary' && process.argv.slice(1).join() === 'wh-demo,1.0.0' ? 0 : 1)",
    );
    expect(await ensureArmed({ command: ['sh'], check: good, secrets: ['TOKEN'] })).toMatchObject({
      armed: [{ driver: 'command' }],
      evidence: [
        { what: 'The check of the command that yanks ended with 0', digest: expect.any(String) as string },
      ],
    });
    expect(await ensureArmed({ command: ['sh'], check: check('process.exit(3)') })).toMatchObject({
      armed: [],
      evidence: [{ what: 'The check of the command that yanks ended with 3' }],
    });
  });
});

const allAre = (driver: Driver): Drivers => ({ web: driver, api: driver, command: driver, person: driver });

describe('losing the last driver', () => {
  const said = (state: DriverArming['state']): DriverArming => ({
    state,
    evidence: [{ what: state }],
    toDo: state === 'armed' ? [] : ['do something'],
  });

  /** What comes of looking again and again while a driver says this, one thing after the other. */
  async function awaitDisarmed(...states: readonly DriverArming['state'][]): Promise<string[]> {
    const left = [...states];
    const driver: Driver = {
      yank: () => Promise.reject(new Error('nobody wants to yank')),
      arm: () => Promise.resolve(said(left.shift() ?? 'armed')),
    };
    const { awaitDisarmed: activity } = createArmingActivities(allAre(driver));
    const answers: string[] = [];
    const drivers: readonly YankDriver[] = ['web'];
    let heartbeatDetails: unknown;
    while (left.length > 0) {
      const attempt = new MockActivityEnvironment(
        { heartbeatDetails },
        { logger: new DefaultLogger('ERROR') },
      );
      attempt.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
      try {
        const { toDo }: Arming = await attempt.run(activity, { index, subject, drivers });
        answers.push(toDo.join());
      } catch (error) {
        answers.push(String((error as ApplicationFailure).nextRetryDelay));
      }
    }
    return answers;
  }

  test('is looked for every ten minutes, and told at once', async () => {
    expect(await awaitDisarmed('armed', 'armed', 'unarmed')).toEqual(['600s', '600s', 'do something']);
  });

  test('is not what a site is that is down for a moment; for five minutes it is', async () => {
    expect(await awaitDisarmed('unclear', 'unclear', 'armed')).toEqual(['60s', '60s', '600s']);
    expect(await awaitDisarmed('armed', ...Array<'unclear'>(5).fill('unclear'))).toEqual([
      ...['600s', '60s', '60s', '60s', '60s'],
      'do something',
    ]);
  });

  test('is not what a driver is that does not answer', async () => {
    const hangs: Driver = {
      yank: () => Promise.reject(new Error('nobody wants to yank')),
      arm: () => Promise.reject(new Error('it broke')),
    };
    const { ensureArmed: activity } = createArmingActivities(allAre(hangs));
    expect(await activity({ index, subject, drivers: ['web'] })).toMatchObject({
      armed: [],
      evidence: [{ what: 'whether the driver web could yank is unclear: it broke' }],
    });
  });
});
