import { request } from 'node:http';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { patience } from '../../setup/patience.js';
import * as tools from './tools.js';

const WHEEL = 'wh_demo-1.0.0-py3-none-any.whl';

let folder: string;
let index: IndexStandIn;
let made: tools.Made;
let now: Date;

beforeEach(async () => {
  folder = await tools.temporaryFolder();
  now = new Date('2026-08-21T10:00:00Z');
  index = await tools.runningIndex({ folder, now: () => now });
  made = await tools.makeDistributions('wh-demo', '1.0.0');
});

function uploads(): (number | null)[] {
  return index
    .accessLog()
    .flatMap((entry) => (entry.kind === 'request' && entry.method === 'POST' ? [entry.status] : []));
}

async function store(...files: string[]): Promise<void> {
  for (const file of files) expect(await tools.plainUpload(index, file)).toMatchObject({ status: 200 });
}

describe('a faulty upload by twine', () => {
  test('that is answered with 503 four times succeeds with one state change', async () => {
    index.misbehave({ method: 'POST', times: 4, fault: { kind: 'answer', status: 503 } });
    const { code, output } = await tools.twineUpload(index, made.wheel);
    expect(code, output).toBe(0);
    expect(uploads()).toEqual([503, 503, 503, 503, 200]);
    expect(tools.storedFiles(index)).toEqual([WHEEL]);
  });

  test('that is stored and answered with 502 is repeated by twine without a second state change', async () => {
    index.misbehave({
      file: WHEEL,
      times: 1,
      fault: { kind: 'commit-then-answer', status: 502, reason: 'Bad Gateway' },
    });
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 0 });
    expect(uploads()).toEqual([502, 200]);
    expect(tools.storedFiles(index)).toEqual([WHEEL]);
  });

  test('that is stored and dropped fails for twine and is there', async () => {
    index.misbehave({ file: /\.whl$/, times: 1, fault: { kind: 'commit-then-drop' } });
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 1 });
    expect(tools.storedFiles(index)).toEqual([WHEEL]);
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 0 });
    expect(tools.storedFiles(index)).toEqual([WHEEL]);
    expect(uploads()).toEqual([null, 200]);
  });

  test('that is dropped first fails for twine and is not there', async () => {
    index.misbehave({ method: 'POST', path: '/legacy/', fault: { kind: 'drop-before-commit' } });
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 1 });
    expect(tools.storedFiles(index)).toEqual([]);
    index.behave();
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 0 });
  });

  test('that is answered with 200 and not stored looks like a success and is not there', async () => {
    index.misbehave({ file: WHEEL, fault: { kind: 'not-stored' } });
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 0 });
    expect(tools.storedFiles(index)).toEqual([]);
    await expect(tools.simpleJson(index, 'wh-demo')).rejects.toThrow('404 Not Found');
  });

  test('that is stored in part looks like a success and shows another digest', async () => {
    index.misbehave({ file: WHEEL, fault: { kind: 'truncate', bytes: 100 } });
    expect(await tools.twineUpload(index, made.wheel)).toMatchObject({ code: 0 });
    const [file] = (await tools.simpleJson(index, 'wh-demo')).files;
    const stored = (await readFile(made.wheel)).subarray(0, 100);
    expect(file).toMatchObject({ filename: WHEEL, size: 100, hashes: { sha256: tools.sha256(stored) } });
    const served = await fetch(file?.url ?? '');
    expect(Buffer.from(await served.arrayBuffer()).equals(stored)).toBe(true);
  });
});

describe('a rule', () => {
  test('for one file leaves the other files alone', async () => {
    index.misbehave({ file: /\.tar\.gz$/, fault: { kind: 'answer', status: 400, reason: 'Never' } });
    expect(await tools.plainUpload(index, made.wheel)).toMatchObject({ status: 200 });
    expect(await tools.plainUpload(index, made.sdist)).toMatchObject({ status: 400, reason: 'Never' });
  });

  test('hits from the nth matching request on, as often as it says', async () => {
    index.misbehave({ path: /^\/simple\//, nth: 2, times: 2, fault: { kind: 'answer', status: 500 } });
    const answers: number[] = [];
    for (let count = 0; count < 5; count++) answers.push((await fetch(index.simpleUrl)).status);
    expect(answers).toEqual([200, 500, 500, 200, 200]);
  });

  test('may send headers, such as how long to wait', async () => {
    const headers = { 'retry-after': '7' };
    index.misbehave({
      fault: { kind: 'answer', status: 429, reason: 'Too many new projects created', headers },
    });
    const response = await fetch(index.simpleUrl);
    expect([response.status, response.statusText]).toEqual([429, 'Too many new projects created']);
    expect(response.headers.get('retry-after')).toBe('7');
  });

  test('is named in the access log of the request that it hits', async () => {
    index.misbehave({ times: 1, fault: { kind: 'answer', status: 500 } });
    await fetch(index.simpleUrl);
    await fetch(index.simpleUrl);
    const log = index.accessLog();
    expect(log[0]).toMatchObject({
      kind: 'request',
      request: 1,
      path: '/simple/',
      status: 500,
      fault: 'answer',
    });
    expect(log[1]).not.toHaveProperty('fault');
  });
});

describe('a stale view', () => {
  test('hides an upload on the page it is scripted for, while the JSON API shows it', async () => {
    await store(made.wheel);
    index.misbehave({ path: '/simple/wh-demo/', times: 1, fault: { kind: 'stale', changes: 1 } });
    await expect(tools.simpleJson(index, 'wh-demo')).rejects.toThrow('404');
    expect((await fetch(`${index.url}pypi/wh-demo/1.0.0/json`)).status).toBe(200);
    expect((await tools.simpleJson(index, 'wh-demo')).files).toHaveLength(1);
  });

  test('hides the second of two files and a yank', async () => {
    await store(made.wheel, made.sdist);
    index.yank('wh-demo', '1.0.0', 'bad');
    index.misbehave({ path: /^\/simple/, times: 1, fault: { kind: 'stale', changes: 1 } });
    index.misbehave({ path: /^\/simple/, nth: 2, times: 1, fault: { kind: 'stale', changes: 2 } });
    expect((await tools.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked)).toEqual([
      false,
      false,
    ]);
    expect((await tools.simpleJson(index, 'wh-demo')).files).toHaveLength(1);
    expect((await tools.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked)).toEqual([
      'bad',
      'bad',
    ]);
  });

  test('of some time ago catches up as time goes by', async () => {
    index.misbehave({ method: 'GET', fault: { kind: 'stale', age: 60_000 } });
    await store(made.wheel);
    await expect(tools.simpleJson(index, 'wh-demo')).rejects.toThrow('404');
    now = new Date(now.getTime() + 59_999);
    await expect(tools.simpleJson(index, 'wh-demo')).rejects.toThrow('404');
    now = new Date(now.getTime() + 1);
    expect((await tools.simpleJson(index, 'wh-demo')).files).toHaveLength(1);
  });
});

describe('a slow index', () => {
  test('answers a delayed request late and in full', async () => {
    index.misbehave({ file: WHEEL, fault: { kind: 'delay', ms: 300 } });
    const started = performance.now();
    expect(await tools.plainUpload(index, made.wheel)).toMatchObject({ status: 200 });
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  test('takes the bytes of an upload and gives those of a download at the speed it is told', async () => {
    const { size } = await stat(made.wheel);
    index.misbehave({ file: WHEEL, fault: { kind: 'throttle', bytesPerSecond: 4 * size } });
    let started = performance.now();
    await store(made.wheel);
    expect(performance.now() - started).toBeGreaterThan(200);
    index.misbehave({ path: /^\/files\//, fault: { kind: 'throttle', bytesPerSecond: 4 * size } });
    const [file] = (await tools.simpleJson(index, 'wh-demo')).files;
    started = performance.now();
    const bytes = Buffer.from(await (await fetch(file?.url ?? '')).arrayBuffer());
    expect(performance.now() - started).toBeGreaterThan(200);
    expect(bytes.equals(await readFile(made.wheel))).toBe(true);
  });

  test('stores nothing of an upload whose client dies in the middle', async () => {
    const form = new Response(await tools.uploadForm(made.wheel));
    const body = Buffer.from(await form.clone().arrayBuffer());
    const headers = {
      authorization: tools.basic('__token__', tools.TOKEN),
      'content-type': form.headers.get('content-type') ?? '',
      'content-length': body.length,
    };
    const upload = request(index.uploadUrl, { method: 'POST', headers });
    upload.on('error', () => undefined);
    upload.write(body.subarray(0, body.length - 200));
    await vi.waitFor(async () => expect(await readdir(join(folder, 'incoming'))).toHaveLength(1), patience);
    upload.destroy();
    await vi.waitFor(() => expect(uploads()).toEqual([null]), patience);
    await vi.waitFor(async () => expect(await readdir(join(folder, 'incoming'))).toEqual([]), patience);
    expect(tools.storedFiles(index)).toEqual([]);
  });

  test('ends at once when it is closed while requests wait', async () => {
    index.misbehave({ path: '/simple/', fault: { kind: 'delay', ms: 3_600_000 } });
    index.misbehave({ file: WHEEL, fault: { kind: 'throttle', bytesPerSecond: 1 } });
    const waiting = [fetch(index.simpleUrl), tools.plainUpload(index, made.wheel)].map((it) =>
      expect(it).rejects.toThrow(),
    );
    await fetch(index.url);
    await index.close();
    await Promise.all(waiting);
    expect(tools.storedFiles(index)).toEqual([]);
  });
});
