import { constants, getPriority } from 'node:os';

import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test, vi } from 'vitest';

import { instrumented } from '../../../src/activities/support/activity.js';
import { atLowPriority } from '../../../src/activities/support/priority.js';
import { run } from '../../../src/activities/support/run.js';
import { commandDriver } from '../../../src/activities/yank/command.js';
import { makeBench } from './bench.js';

const env = { PATH: process.env.PATH ?? '' };
const ask = 'nice; ionice; cat /proc/self/autogroup';
/** Ends as soon as somebody has lowered it, so that nothing depends on who is faster. */
const untilLow = `until [ "$(nice)" = 10 ] && ionice | grep -q 'prio 7'; do sleep 0.05; done; ${ask}`;
const low = /^10\nbest-effort: prio 7\n(\/autogroup-\d+ nice 10\n)?$/;

const runIt = (script: string) =>
  run(['sh', '-c', script], { cwd: '/', env, timeoutSeconds: 20 }).then(({ stdout }) => stdout);

test('what a build runs gives way to everything else, and what a yank runs beside it does not', async () => {
  const bench = await makeBench({
    settings: {
      yank: {
        drivers: ['command'],
        limitSeconds: 15,
        lateFilesSeconds: 900,
        secrets: [],
        command: ['sh', '-c', ask],
      },
    },
  });
  onTestFinished(() => bench.close());
  const { build } = instrumented(
    { build: (_input: object) => runIt(`${untilLow}`) },
    { info: vi.fn(), warn: vi.fn() },
    atLowPriority,
  );
  const index = { name: 'none', upload: 'http://127.0.0.1:1/', simple: 'http://127.0.0.1:1/' };
  const subject = { package: 'wh-demo', version: '1.0.0' };
  const [built, { evidence }] = await Promise.all([
    new MockActivityEnvironment().run(build, {}),
    commandDriver(bench).yank({ index, subject, reason: 'bad' }),
  ]);
  expect(built).toMatch(low);
  const said = (await bench.store.get(evidence[0]?.digest ?? '')).toString('utf8');
  expect(said).not.toMatch(low);
  expect(said).toMatch(new RegExp(`^${String(getPriority())}\\n(?!best-effort: prio 7)`));
  expect(getPriority()).not.toBe(constants.priority.PRIORITY_BELOW_NORMAL);
});
