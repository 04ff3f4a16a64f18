import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readJournal } from '../../../rehearsal/index/journal.js';
import { startIndex } from '../../../rehearsal/index/stand-in.js';
import { patience } from '../../setup/patience.js';
import * as tools from './tools.js';

let folder: string;
let made: tools.Made;

beforeEach(async () => {
  folder = await tools.temporaryFolder();
  made = await tools.makeDistributions('wh-demo', '1.0.0');
});

describe('after a restart', () => {
  test('at the same port the index holds the same and keeps its rules', async () => {
    const first = await tools.runningIndex({ folder });
    for (const file of [made.wheel, made.sdist]) await tools.plainUpload(first, file);
    first.yank('wh-demo', '1.0.0', 'bad');
    first.deleteFile('wh_demo-1.0.0.tar.gz');
    const page = await tools.simpleJson(first, 'wh-demo');
    const log = [...first.accessLog()];
    await first.close();

    const second = await tools.runningIndex({ folder, port: Number(new URL(first.url).port) });
    expect(second.accessLog()).toEqual(log);
    // The client's connections to the first process have yet to be found dead.
    await vi.waitFor(async () => expect(await tools.simpleJson(second, 'wh-demo')).toEqual(page), patience);
    expect((await fetch(page.files[0]?.url ?? '')).status).toBe(200);
    expect(await tools.plainUpload(second, made.wheel)).toMatchObject({ status: 200 });
    expect(await tools.plainUpload(second, made.sdist)).toMatchObject({
      status: 400,
      reason: expect.stringMatching(/^This filename was previously used/) as string,
    });
    expect(tools.storedFiles(second)).toHaveLength(2);
  });

  test('the access log goes on counting, and on the disk it says the same', async () => {
    const first = await tools.runningIndex({ folder });
    await tools.plainUpload(first, made.wheel);
    await first.close();
    const second = await tools.runningIndex({ folder });
    await tools.plainUpload(second, made.sdist);
    const log = second.accessLog();
    expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(log.map(({ kind, request }) => [kind, request])).toEqual([
      ['change', 1],
      ['request', 1],
      ['change', 2],
      ['request', 2],
    ]);
    expect(readJournal(join(folder, 'journal.jsonl'))).toEqual(log);
  });

  test('a line that a crash has torn does not count, and what had arrived in part is gone', async () => {
    const first = await tools.runningIndex({ folder });
    await tools.plainUpload(first, made.wheel);
    await first.close();
    const log = readJournal(join(folder, 'journal.jsonl'));
    await appendFile(
      join(folder, 'journal.jsonl'),
      '{"seq":3,"at":"2026-08-21T10:00:00Z","kind":"change","chan',
    );
    await writeFile(join(folder, 'incoming', 'half'), 'half a file');

    const second = await tools.runningIndex({ folder });
    expect(second.accessLog()).toEqual(log);
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
    expect(await tools.plainUpload(second, made.sdist)).toMatchObject({ status: 200 });
    expect(readJournal(join(folder, 'journal.jsonl'))).toEqual(second.accessLog());
  });
});

test('a port that is taken is refused', async () => {
  const { url } = await tools.runningIndex();
  const taken = startIndex({ folder, tokens: [], port: Number(new URL(url).port) });
  await expect(taken).rejects.toThrow('EADDRINUSE');
});

describe('many uploads at once', () => {
  test('of the same bytes are one state change', async () => {
    const index = await tools.runningIndex({ folder });
    const answers = await Promise.all(Array.from({ length: 20 }, () => tools.plainUpload(index, made.wheel)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(tools.storedFiles(index)).toEqual(['wh_demo-1.0.0-py3-none-any.whl']);
  });

  test('of other bytes under one filename store the first and refuse the rest', async () => {
    const index = await tools.runningIndex({ folder });
    const bodies = await Promise.all(
      Array.from({ length: 8 }, (_, n) => tools.makeDistributions('wh-demo', '1.0.0', `body ${n}`)),
    );
    const answers = await Promise.all(bodies.map(({ wheel }) => tools.plainUpload(index, wheel)));
    const counted = answers.map(({ status }) => status).sort();
    expect(counted).toEqual([200, 400, 400, 400, 400, 400, 400, 400]);
    expect(tools.storedFiles(index)).toHaveLength(1);
  });
});

test('a file of more than 100 MiB is refused', async () => {
  const index = await tools.runningIndex({ folder });
  await writeFile(made.wheel, Buffer.alloc(100 * 1024 * 1024 + 1));
  expect(await tools.plainUpload(index, made.wheel)).toMatchObject({
    status: 400,
    reason: "File too large. Limit for project 'wh_demo' is 100 MB.",
  });
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  expect(await readdir(join(folder, 'files'))).toEqual([]);
});
