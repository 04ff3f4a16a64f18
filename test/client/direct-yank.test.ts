import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stringify, type TomlTable } from 'smol-toml';
import { beforeEach, describe, expect, test } from 'vitest';

import { readNote } from '../../src/activities/yank/note.js';
import { folderStore } from '../../src/activities/support/store.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import { root } from '../../tools/paths.mjs';
import * as indexes from '../rehearsal/index/tools.js';
import { slipwayWith, type Ended } from './slipway.js';

const subject = { package: 'wh-demo', version: '1.0.0' };
const command = ['{package}', '{version}', '{reason}'];

let index: IndexStandIn;
let folder: string;

beforeEach(async () => {
  index = await indexes.runningIndex();
  folder = await indexes.temporaryFolder();
  const made = await indexes.makeDistributions('wh-demo', '1.0.0');
  for (const file of [made.wheel, made.sdist]) await indexes.plainUpload(index, file);
});

/** Nothing listens where the Temporal server should be. */
async function yankDirectly(yank: TomlTable, options: readonly string[] = []): Promise<Ended> {
  const settings = path.join(folder, 'slipway.toml');
  const [upload, simple] = [index.uploadUrl, index.simpleUrl];
  await writeFile(
    settings,
    stringify({
      state: path.join(folder, 'state'),
      approvers: ['grace'],
      production: { name: 'the-index', upload, simple, yanks: true },
      yank: { secrets: ['STAND_IN_INDEX', 'STAND_IN_OWNER'], limit: 3, ...yank },
      packages: { 'wh-demo': { repository: 'https://forge.example/wh-demo.git' } },
    }),
  );
  const line = ['yank', 'wh-demo', '1.0.0', '--direct', '--reason', '-it "breaks"', '--settings', settings];
  return slipwayWith([...line, ...options], {
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    SLIPWAY_AS: 'grace',
    STAND_IN_INDEX: index.url,
    STAND_IN_OWNER: indexes.OWNER,
  });
}

const byCommand = {
  drivers: ['command'],
  command: [process.execPath, path.join(root, 'rehearsal/index/yank-command.mjs'), ...command],
};
const shown = async () => (await indexes.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked);
const note = () => readNote(folderStore(path.join(folder, 'state', 'store')), subject);

describe('a direct yank', () => {
  test('yanks and proves it with no server and no worker, says the seconds, and leaves a note', async () => {
    const { stdout, stderr, exitCode } = await yankDirectly(byCommand);
    expect(stdout).toMatch(
      /^wh-demo 1\.0\.0 is yanked on the-index, \d+\.\d s after the command, by command\./,
    );
    expect(stderr).toContain('The command that yanks ended with 0');
    expect(exitCode).toBe(0);
    expect(await shown()).toEqual(['-it "breaks"', '-it "breaks"']);
    expect(await note()).toMatchObject({ by: 'grace', reason: '-it "breaks"', driver: 'command' });
    expect(Date.parse((await note())?.provenAt ?? '')).toBeGreaterThan(Date.parse((await note())?.at ?? ''));
  });

  test('is one line of JSON with --json, and harmless when it is repeated', async () => {
    await yankDirectly(byCommand);
    const { stdout, exitCode } = await yankDirectly(byCommand, ['--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ package: 'wh-demo', version: '1.0.0', index: 'the-index', yanked: true },
      ...{ by: 'grace', reason: '-it "breaks"', driver: 'somebody else' },
      seconds: expect.any(Number) as number,
    });
    expect(await note()).toMatchObject({ driver: 'command' });
  });

  test('tells a person what to do where no driver can, and waits for the index', async () => {
    const running = yankDirectly({ drivers: ['person'] });
    await expect.poll(async () => (await note())?.by, { timeout: 20_000 }).toBe('grace');
    expect((await note())?.driver).toBeUndefined();
    index.yank('wh-demo', '1.0.0', 'by hand');
    const { stderr, stdout, exitCode } = await running;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('is yanked on the-index');
    expect(stderr + stdout).toMatch(/manage\/project\/wh-demo\/release\/1\.0\.0|by somebody else/);
  });

  test.each<[string, readonly string[], string]>([
    ['is no approver', ['--as', 'mallory'], 'mallory may not yank: the approvers in slipway.toml are grace.'],
    ['names no settings', ['--settings', '/nowhere.toml'], '/nowhere.toml does not exist'],
  ])('is refused to whom %s', async (_who, options, problem) => {
    const { stderr, exitCode } = await yankDirectly(byCommand, options);
    expect(stderr).toContain(problem);
    expect(exitCode).toBe(1);
    expect(await shown()).toEqual([false, false]);
    expect(await note()).toBeUndefined();
  });

  test('of what the index does not list says that there is nothing to yank', async () => {
    for (const file of ['wh_demo-1.0.0-py3-none-any.whl', 'wh_demo-1.0.0.tar.gz']) index.deleteFile(file);
    const { stderr, exitCode } = await yankDirectly(byCommand);
    expect(stderr).toContain('the-index lists no file of wh-demo 1.0.0: there is nothing to yank');
    expect(exitCode).toBe(1);
  });
});

test('a yank that reaches no server says how to yank without it', async () => {
  const { stderr, exitCode } = await slipwayWith(['yank', 'wh-demo', '1.0.0'], {
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
  expect(stderr).toContain('No Temporal server can be used');
  expect(stderr).toContain('`slipway yank wh-demo 1.0.0 --direct --reason "…"`');
  expect(exitCode).toBe(4);
});
