import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { sentenceOf, type Precondition } from '../../src/contract/preconditions.js';
import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { expectThreeLines } from '../contract/three-lines.js';
import { problemsOf } from './json.js';
import { slipway as run, type Ended } from './slipway.js';

/** A server of our own: nobody else's workers take up what is started here. */
let server: TemporalServer;
beforeAll(async () => {
  server = await startTemporal({ binary: inject('temporalBinary') });
});
afterAll(() => server.stop());

const slipway = (line: string) => run(line.split(' '), server.address);

describe('where nothing was released yet', () => {
  test('list says how to begin, and is an empty list in JSON', async () => {
    expect(await slipway('list')).toMatchObject({
      exitCode: 0,
      stdout: 'no release yet: begin with `slipway start <package> <version>`',
    });
    expect(JSON.parse((await slipway('list --json')).stdout)).toEqual([]);
  });

  test.each(['status', 'abort', 'fix', 'approve', 'reject --gate branch --digest abcdefabcdef'])(
    '%s says that there is no such release, and where to look',
    async (command) => {
      const [name, ...options] = command.split(' ');
      const { stdout, stderr, exitCode } = await slipway([name, 'nothing', '1.0', ...options].join(' '));
      expect(stderr).toContain('release/nothing/1.0');
      expect(stderr).toContain('slipway list');
      expectThreeLines(stderr);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    },
  );
});

describe('a release that is started while no worker runs', () => {
  let started: Ended;
  beforeAll(async () => {
    started = await slipway('start kept 1.0');
  });

  test('is kept, and whoever started it is told to start a worker', async () => {
    expect(started.stderr).toContain('release/kept/1.0 is started, but no worker has taken it up yet');
    expect(started.stderr).toContain('start one with `slipway worker`');
    expectThreeLines(started.stderr);
    expect(started.exitCode).toBe(4);
    const [row] = JSON.parse((await slipway('list --json')).stdout) as unknown[];
    expect(row).toMatchObject({ workflowId: 'release/kept/1.0', run: 'running' });
  });

  test('cannot be looked into, and who tries is told to start a worker', async () => {
    const { stderr, exitCode } = await slipway('status kept 1.0');
    expect(stderr).toMatch(/^true now: No worker answers\.\n/);
    expect(stderr).toContain('Start one with `slipway worker`');
    expectThreeLines(stderr);
    expect(exitCode).toBe(4);
  });

  test('is not started twice, but joined with --attach', async () => {
    const again = await slipway('start kept 1.0');
    expect(again.stderr).toContain('release/kept/1.0 is open already');
    expect(again.stderr).toContain('--attach');
    expectThreeLines(again.stderr);
    expect(again.exitCode).toBe(1);
    const joined = await slipway('start kept 1.0 --attach --json');
    expect(JSON.parse(joined.stdout)).toEqual({ workflowId: 'release/kept/1.0', state: 'attached' });
    expect(joined.exitCode).toBe(0);
  });

  test('gets the messages that are sent meanwhile, once', async () => {
    const { stdout, stderr, exitCode } = await slipway('abort kept 1.0 --reason later --id one');
    expect(stderr).toContain('Recorded, but not judged yet, because no worker answers');
    expectThreeLines(stderr);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 4 });

    const connection = await Connection.connect({ address: server.address });
    const handle = new Client({ connection }).workflow.getHandle('release/kept/1.0');
    const signals = ((await handle.fetchHistory()).events ?? []).flatMap(
      ({ workflowExecutionSignaledEventAttributes: signal }) => (signal ? [signal] : []),
    );
    await connection.close();
    expect(signals.map(({ signalName }) => signalName)).toEqual(['abort']);
    const payload: unknown = JSON.parse(Buffer.from(signals[0]?.input?.payloads?.[0]?.data ?? []).toString());
    expect(payload).toEqual({ id: 'one', by: 'grace', reason: 'later' });
  });
});

test('where no server answers that fails, and of the rest it is said why nothing is known', async () => {
  const { stdout, exitCode } = await run(['doctor', 'meant-it', '0.2.0', '--json'], '127.0.0.1:1');
  const found = JSON.parse(stdout) as Precondition[];
  const said = (wanted: Precondition['state']) =>
    found.filter(({ state }) => state === wanted).map(sentenceOf);
  expect(problemsOf('doctor', found)).toEqual([]);
  expect(said('fail')).toEqual([
    expect.stringMatching(
      /^No Temporal server can be used at 127\.0\.0\.1:1 .*: start one with `slipway up`/,
    ),
  ]);
  expect(new Set(said('unknown'))).toEqual(
    new Set(['Nothing of this is known, because the server does not answer']),
  );
  expect(said('unknown')).toHaveLength(9);
  expect(exitCode).toBe(1);
});
