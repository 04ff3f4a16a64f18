import path from 'node:path';

import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { createYankActivities } from '../../../src/activities/yank/ensure-yanked.js';
import { createDrivers } from '../../../src/activities/yank/drivers.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { Settings } from '../../../src/config/settings.js';
import type { YankAttempt } from '../../../src/contract/yank-attempt.js';
import type { IndexAddress, YankDriver } from '../../../src/contract/release.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { root } from '../../../tools/paths.mjs';
import * as indexes from '../../rehearsal/index/tools.js';
import { makeBench } from '../support/bench.js';
import { publishedIndex } from '../support/demo-index.js';

const command = [
  process.execPath,
  path.join(root, 'rehearsal/index/yank-command.mjs'),
  '{package}',
  '{version}',
  '{reason}',
];
const subject = { package: 'wh-demo', version: '1.0.0' };
const reason = 'it --loses "data"; {version}\n`reboot`';

let index: IndexStandIn;
let address: IndexAddress;

beforeEach(async () => {
  ({ index, address } = await publishedIndex());
});

async function ensureYanked(
  yank: Partial<Settings['yank']> = { command },
  drivers: readonly YankDriver[] = ['command', 'person'],
): Promise<YankAttempt> {
  const secrets = ['STAND_IN_INDEX', 'STAND_IN_OWNER'];
  const bench: Workbench & { close(): Promise<void> } = await makeBench({
    production: address,
    secrets: { STAND_IN_INDEX: index.url, STAND_IN_OWNER: indexes.OWNER },
    settings: { yank: { drivers, limitSeconds: 15, lateFilesSeconds: 900, secrets, ...yank } },
  });
  onTestFinished(() => bench.close());
  return createYankActivities(bench, createDrivers(bench), 4).ensureYanked({
    index: address,
    subject,
    reason,
    drivers,
  });
}

test('the command yanks, with the reason as one argument, and the index proves it', async () => {
  expect(await ensureYanked()).toMatchObject({ proven: true, driver: 'command' });
  const { files } = await indexes.simpleJson(index, 'wh-demo');
  expect(files.map(({ yanked }) => yanked)).toEqual(Array(2).fill('it --loses "data"; {version} `reboot`'));
});

test('a release that somebody yanked already is left alone', async () => {
  index.yank('wh-demo', '1.0.0', 'first');
  expect(await ensureYanked()).toMatchObject({ proven: true, driver: 'somebody else' });
  const { files } = await indexes.simpleJson(index, 'wh-demo');
  expect(files.map(({ yanked }) => yanked)).toEqual(['first', 'first']);
});

test('a command that ends well and yanks nothing proves nothing: a person is told what to do', async () => {
  const attempt = await ensureYanked({ command: [process.execPath, '-e', ''] });
  expect(attempt.proven).toBe(false);
  const toDo = attempt.proven ? [] : attempt.toDo;
  expect(toDo[0]).toContain(`${index.url}manage/project/wh-demo/release/1.0.0/`);
  expect(toDo[1]).toContain('1.0.0');
  expect(attempt.evidence[0]?.what).toBe('The command that yanks ended with 0');
});

test('a command that is not there keeps nobody waiting', async () => {
  const began = Date.now();
  expect(await ensureYanked({ command: ['slipway-nothing'] })).toMatchObject({
    proven: false,
    evidence: [
      { what: 'The command that yanks is not there: no program slipway-nothing can be run on this machine.' },
    ],
  });
  expect(Date.now() - began).toBeLessThan(1500);
});

test('without a command there is the link from the settings', async () => {
  const attempt = await ensureYanked({ link: 'http://127.0.0.1/yank?{package}={version}' });
  expect(attempt).toMatchObject({
    proven: false,
    evidence: [{ what: 'The settings name no command that yanks.' }],
  });
  expect(attempt.proven ? [] : attempt.toDo[0]).toContain('http://127.0.0.1/yank?wh-demo=1.0.0');
});

test('a yank goes ahead while the index cannot be read', async () => {
  index.misbehave({ method: 'GET', times: 3, fault: { kind: 'answer', status: 503 } });
  expect(await ensureYanked()).toMatchObject({ proven: true, driver: 'command' });
});

test('row 29: a yank is done only when the index, read past every cache, shows it: not while it shows an older state', async () => {
  const stale = { path: /^\/simple\//, nth: 2, fault: { kind: 'stale', changes: 1 } } as const;
  index.misbehave({ ...stale, times: 3 });
  expect(await ensureYanked()).toMatchObject({ proven: true, driver: 'command' });
  expect(reads().at(-1)).toBeUndefined();
  expect(reads().filter((fault) => fault === 'stale')).toHaveLength(3);
  index.unyank('wh-demo', '1.0.0');
  index.misbehave(stale);
  expect(await ensureYanked()).toMatchObject({ proven: false, driver: 'command' });
});

/** The fault of each read of the index. */
const reads = () =>
  index
    .accessLog()
    .flatMap((entry) => (entry.kind === 'request' && entry.path.startsWith('/simple/') ? [entry.fault] : []));

test('where nothing can be yanked a person removes the files, and no file left is the proof', async () => {
  address = { ...address, yanks: false };
  const before = await ensureYanked({ link: 'https://ours.example/{package}/{version}' }, ['person']);
  expect(before).toMatchObject({
    proven: false,
    toDo: [
      'the index cannot yank: remove the files of wh-demo 1.0.0 from it, by its own means.',
      'They are at https://ours.example/wh-demo/1.0.0.',
      'Nothing else is needed: this is over as soon as the index lists none of them.',
    ],
  });
  index.deleteFile('wh_demo-1.0.0-py3-none-any.whl');
  expect(await ensureYanked({}, ['person'])).toMatchObject({ proven: false });
  index.deleteFile('wh_demo-1.0.0.tar.gz');
  index.misbehave({ method: 'GET', times: 1, fault: { kind: 'answer', status: 503 } });
  expect(await ensureYanked({}, ['person'])).toMatchObject({ proven: false });
  expect(await ensureYanked({}, ['person'])).toMatchObject({
    proven: true,
    evidence: [{ what: 'the index, which cannot yank, lists no file of wh-demo 1.0.0 any more' }],
  });
});
