import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IndexOptions, IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';

const WHEEL = 'dep_one-1.0.0-py3-none-any.whl';
const NOWHERE = 'http://127.0.0.1:9/simple';

let cache: string;

beforeEach(async () => {
  cache = await tools.temporaryFolder();
});

/** The files that an index was asked for. */
function filesRead(index: IndexStandIn): string[] {
  return index
    .accessLog()
    .flatMap((entry) =>
      entry.kind === 'request' && /^\/(files|upstream)\//.test(entry.path)
        ? [entry.path.split('/').at(-1) ?? '']
        : [],
    );
}

function pagesRead(index: IndexStandIn): (number | null)[] {
  return index
    .accessLog()
    .flatMap((entry) =>
      entry.kind === 'request' && entry.path.startsWith('/simple/') ? [entry.status] : [],
    );
}

async function pipInstall(index: IndexStandIn, ...requirements: string[]): Promise<tools.Ended> {
  const target = await tools.temporaryFolder();
  const args = [
    'install',
    '--no-cache-dir',
    '--index-url',
    index.simpleUrl,
    '--target',
    target,
    ...requirements,
  ];
  return tools.run(tools.tool('pip'), args);
}

async function uvInstall(index: IndexStandIn, ...requirements: string[]): Promise<tools.Ended> {
  const target = await tools.temporaryFolder();
  const where = ['--target', target, '--cache-dir', join(target, 'cache'), '--python', tools.tool('python')];
  return tools.run(tools.tool('uv'), [
    'pip',
    'install',
    '--index-url',
    index.simpleUrl,
    ...where,
    ...requirements,
  ]);
}

describe('the real main index', () => {
  let simple: string;

  beforeAll(async () => {
    const ask = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)';
    const asked = await tools.run(tools.tool('python'), ['-c', ask]);
    expect(asked.code, asked.output).toBe(0);
    simple = asked.output.trim();
  });

  test('is read once, and the second install comes from the disk, for pip and for uv', async () => {
    const index = await tools.runningIndex({ upstream: { simple, cache } });
    const first = await pipInstall(index, 'six==1.17.0');
    expect(first.code, first.output).toBe(0);
    expect(first.output).toContain('Successfully installed six-1.17.0');
    expect(filesRead(index)).toContain('six-1.17.0-py2.py3-none-any.whl');

    const cutOff = await tools.runningIndex({ upstream: { simple: NOWHERE, cache, freshFor: 0 } });
    const byPip = await pipInstall(cutOff, 'six==1.17.0');
    expect(byPip.code, byPip.output).toBe(0);
    const byUv = await uvInstall(cutOff, 'six==1.17.0');
    expect(byUv.code, byUv.output).toBe(0);
    expect(filesRead(cutOff)).toContain('six-1.17.0-py2.py3-none-any.whl');
  });
});

describe('another stand-in as the upstream index', () => {
  let upstream: IndexStandIn;
  let upstreamFolder: string;
  let dependency: tools.Made;

  beforeEach(async () => {
    upstreamFolder = await tools.temporaryFolder();
    upstream = await tools.runningIndex({ folder: upstreamFolder });
    dependency = await tools.makeDistributions('dep-one', '1.0.0');
    for (const file of [dependency.wheel, dependency.sdist]) {
      expect(await tools.plainUpload(upstream, file, { requires_python: '>=3.8' })).toMatchObject({
        status: 200,
      });
    }
  });

  function runningIndex(freshFor?: number, options: Partial<IndexOptions> = {}): Promise<IndexStandIn> {
    const simple = upstream.simpleUrl;
    return tools.runningIndex({
      ...options,
      upstream: { simple, cache, ...(freshFor === undefined ? {} : { freshFor }) },
    });
  }

  async function wheelUrl(index: IndexStandIn): Promise<string> {
    const page = await tools.simpleJson(index, 'dep-one');
    return page.files.find(({ filename }) => filename === WHEEL)?.url ?? '';
  }

  test('gives its pages with the links led to the stand-in and everything else kept', async () => {
    const { wheel } = await tools.makeDistributions('dep-one', '0.9', 'old');
    await tools.plainUpload(upstream, wheel);
    upstream.yank('dep-one', '0.9', 'old & bad');
    const index = await runningIndex();
    const there = await tools.simpleJson(upstream, 'dep-one');
    const here = await tools.simpleJson(index, 'dep-one');
    const links = there.files.map(
      ({ hashes, filename }) => `${index.url}upstream/dep-one/${hashes.sha256}/${filename}`,
    );
    expect(here.files.map(({ url }) => url)).toEqual(links);
    const elsewhere = (page: tools.SimpleJson) => ({
      ...page,
      files: page.files.map((file) => ({ ...file, url: '' })),
    });
    expect(elsewhere(here)).toEqual(elsewhere(there));
    const html = await (await fetch(`${index.simpleUrl}dep-one/`)).text();
    expect(html).toContain('data-yanked="old &#38; bad"');
    expect(html).toContain('data-requires-python="&#62;=3.8"');
  });

  test('gives the dependencies of a package that the stand-in holds', async () => {
    const index = await runningIndex();
    const { wheel } = await tools.makeDistributions('wh-demo', '1.0.0', 'one', { requires: ['dep-one'] });
    expect(await tools.plainUpload(index, wheel)).toMatchObject({ status: 200 });
    for (const install of [pipInstall, uvInstall]) {
      const { code, output } = await install(index, 'wh-demo');
      expect(code, output).toBe(0);
      expect(output).toMatch(/dep-one(-|==)1\.0\.0/);
    }
    expect(filesRead(upstream).sort()).toEqual([WHEEL, `${WHEEL}.metadata`]);
  });

  test('is not asked for a name that the stand-in holds or calls its own', async () => {
    const { wheel } = await tools.makeDistributions('dep-one', '0.1', 'mine');
    const index = await runningIndex(undefined, { own: ['Own_Name'] });
    expect((await tools.simpleJson(index, 'dep-one')).versions).toEqual(['1.0.0']);
    await tools.plainUpload(index, wheel);
    expect((await tools.simpleJson(index, 'dep-one')).versions).toEqual(['0.1']);
    await expect(tools.simpleJson(index, 'own-name')).rejects.toThrow('404');
    expect(pagesRead(upstream)).toEqual([200]);
  });

  test('is not asked while a stale view hides a name that the stand-in holds', async () => {
    const index = await runningIndex();
    await tools.plainUpload(index, (await tools.makeDistributions('dep-one', '0.1', 'mine')).wheel);
    index.misbehave({ path: '/simple/dep-one/', fault: { kind: 'stale', changes: 1 } });
    await expect(tools.simpleJson(index, 'dep-one')).rejects.toThrow('404');
    expect(pagesRead(upstream)).toEqual([]);
  });

  test('is asked once for a file that many want at a time', async () => {
    const index = await runningIndex();
    const url = await wheelUrl(index);
    upstream.misbehave({ path: /\.whl$/, fault: { kind: 'delay', ms: 200 } });
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => (await fetch(url)).arrayBuffer()),
    );
    const bytes = await readFile(dependency.wheel);
    for (const answer of answers) expect(Buffer.from(answer).equals(bytes)).toBe(true);
    expect(filesRead(upstream)).toEqual([WHEEL]);
  });

  test('may be read by several stand-ins into one cache', async () => {
    const indexes = await Promise.all([runningIndex(), runningIndex(), runningIndex()]);
    const urls = await Promise.all(indexes.map(wheelUrl));
    const answers = await Promise.all(urls.map(async (url) => (await fetch(url)).arrayBuffer()));
    const bytes = await readFile(dependency.wheel);
    for (const answer of answers) expect(Buffer.from(answer).equals(bytes)).toBe(true);
    expect(await readdir(join(cache, 'files'))).toEqual([tools.sha256(bytes)]);
    expect(await readdir(join(cache, 'pages'))).toEqual(['dep-one.json']);
  });

  test('is asked again for a page that is no longer fresh, by its ETag', async () => {
    const fresh = await runningIndex();
    for (let count = 0; count < 2; count++) await tools.simpleJson(fresh, 'dep-one');
    expect(pagesRead(upstream)).toEqual([200]);
    const index = await runningIndex(0);
    await tools.simpleJson(index, 'dep-one');
    expect(pagesRead(upstream)).toEqual([200, 304]);
    upstream.yank('dep-one', '1.0.0', 'bad');
    expect((await tools.simpleJson(index, 'dep-one')).files.map(({ yanked }) => yanked)).toEqual([
      'bad',
      'bad',
    ]);
    expect(pagesRead(upstream)).toEqual([200, 304, 200]);
  });

  test('when it is in trouble, the page that was kept is served, and it is left in peace for a while', async () => {
    const index = await runningIndex(0);
    const page = await tools.simpleJson(index, 'dep-one');
    upstream.misbehave({ fault: { kind: 'answer', status: 503 } });
    for (let count = 0; count < 3; count++) expect(await tools.simpleJson(index, 'dep-one')).toEqual(page);
    expect(pagesRead(upstream)).toEqual([200, 503]);
    await upstream.close();
    expect(await tools.simpleJson(await runningIndex(0), 'dep-one')).toMatchObject({
      versions: page.versions,
    });
  });

  test('when it cannot be reached and nothing was kept, the answer says so', async () => {
    const index = await runningIndex();
    await upstream.close();
    const response = await fetch(`${index.simpleUrl}dep-one/`);
    expect(response.status).toBe(502);
    expect(response.statusText).toMatch(/^The upstream index did not give the page of dep-one: fetch failed/);
  });

  test('a name that it does not know is unknown', async () => {
    const index = await runningIndex();
    expect((await fetch(`${index.simpleUrl}nobody-knows-it/`)).status).toBe(404);
    expect((await fetch(`${index.url}upstream/dep-one/${'0'.repeat(64)}/${WHEEL}`)).status).toBe(404);
  });

  test('bytes that are not those of the digest are neither passed on nor kept', async () => {
    const index = await runningIndex();
    const url = await wheelUrl(index);
    const sha256 = tools.sha256(await readFile(dependency.wheel));
    await writeFile(join(upstreamFolder, 'files', sha256), 'other bytes');
    const response = await fetch(url);
    expect(response.status).toBe(502);
    expect(response.statusText).toMatch(new RegExp(`its sha256 is [0-9a-f]{64}, not ${sha256}$`));
    expect(await readdir(join(cache, 'files'))).toEqual([]);
  });

  test('a kept file that was damaged is downloaded again', async () => {
    await (await fetch(await wheelUrl(await runningIndex()))).arrayBuffer();
    const bytes = await readFile(dependency.wheel);
    await writeFile(join(cache, 'files', tools.sha256(bytes)), 'damaged');
    const answer = await fetch(await wheelUrl(await runningIndex()));
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(filesRead(upstream)).toEqual([WHEEL, WHEEL]);
  });
});
