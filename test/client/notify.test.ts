import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { stringify } from 'smol-toml';
import { expect, onTestFinished, test } from 'vitest';

import { startWebhook } from '../activities/notify/receivers.js';
import { slipwayWith } from './slipway.js';

const canary = 'canary-of-a-channel';

/** Tries a channel of settings that name one, at this address. */
async function tryChannel(channel: string, url: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-notify-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const settings = path.join(folder, 'slipway.toml');
  await writeFile(
    settings,
    stringify({
      state: path.join(folder, 'state'),
      approvers: ['ada'],
      notify: { 'ada-hook': { secret: 'ADA_HOOK' } },
      people: { ada: { notify: ['ada-hook'] } },
    }),
  );
  return slipwayWith(['notify', '--try', channel, '--settings', settings], { ADA_HOOK: url });
}

test('a channel can be tried without a server, a worker and a release', async () => {
  const hook = await startWebhook();
  const { exitCode, stdout } = await tryChannel('ada-hook', `json://${hook.host}/${canary}`);
  expect(stdout).toBe('ada-hook took it: look whether it has arrived');
  expect(exitCode).toBe(0);
  expect(hook.received).toMatchObject([{ path: `/${canary}`, title: 'Slipway' }]);
});

test('one that does not take it says so in three lines without its secret', async () => {
  const gone = await startWebhook();
  await gone.close();
  const { exitCode, stderr } = await tryChannel('ada-hook', `json://${gone.host}/${canary}`);
  expect(stderr.split('\n')).toHaveLength(3);
  expect(stderr).toMatch(/^true now: ada-hook did not take it: .*onnection/);
  expect(stderr).not.toContain(canary);
  expect(exitCode).toBe(1);
});

test('one that the settings do not name is refused with those that they do', async () => {
  const { exitCode, stderr } = await tryChannel('pager', 'json://127.0.0.1');
  expect(stderr).toBe(
    'true now: slipway.toml names no channel pager.\nnot done: Nothing was sent.\nnext: Name one of ada-hook with `--try`, then the same command again.',
  );
  expect(exitCode).toBe(2);
});
