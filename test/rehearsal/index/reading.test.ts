import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';

const NOW = '2026-08-21T10:11:12.345Z';
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';

let index: IndexStandIn;
let made: tools.Made;

beforeEach(async () => {
  index = await tools.runningIndex({ now: () => new Date(NOW) });
  made = await tools.makeDistributions('WH-Demo', '1.0.0');
  for (const file of [made.wheel, made.sdist]) {
    const fields = {
      name: 'WH-Demo',
      requires_python: '>=3.8',
      summary: 'A <tiny> package',
      requires_dist: ['six', 'attrs'],
    };
    expect(await tools.plainUpload(index, file, fields)).toMatchObject({ status: 200 });
  }
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(path, index.url), { headers, redirect: 'manual' });
}

describe('the simple index', () => {
  test('says by PEP 691 and PEP 700 what the index holds of a project', async () => {
    const page = await tools.simpleJson(index, 'wh-demo');
    const wheel = await readFile(made.wheel);
    const sha256 = tools.sha256(wheel);
    const metadata = await (await get(`/files/${sha256}/wh_demo-1.0.0-py3-none-any.whl.metadata`)).text();
    expect(metadata).toContain('Name: WH-Demo\nVersion: 1.0.0\n');
    expect(page).toMatchObject({
      meta: { 'api-version': '1.4', '_last-serial': 2 },
      name: 'wh-demo',
      versions: ['1.0.0'],
    });
    expect(page.files.map(({ filename }) => filename)).toEqual([
      'wh_demo-1.0.0-py3-none-any.whl',
      'wh_demo-1.0.0.tar.gz',
    ]);
    expect(page.files[0]).toMatchObject({
      url: `${index.url}files/${sha256}/wh_demo-1.0.0-py3-none-any.whl`,
      hashes: { sha256 },
      'requires-python': '>=3.8',
      size: (await stat(made.wheel)).size,
      'upload-time': NOW,
      yanked: false,
      'core-metadata': { sha256: createHash('sha256').update(metadata).digest('hex') },
    });
    expect(page.files[1]).toMatchObject({ yanked: false, 'core-metadata': false });
  });

  test('orders versions by PEP 440', async () => {
    for (const version of [
      '1.0.0.post1.dev0',
      '1.0.0rc1',
      '1.0.0b4',
      '1.0.0b4.dev0',
      '1.0.0a1',
      '1.0.0a1.dev3',
      '1.0.0.dev10',
      '1.0.0.dev9',
    ]) {
      const { wheel } = await tools.makeDistributions('wh-demo', version, version);
      expect(await tools.plainUpload(index, wheel)).toMatchObject({ status: 200 });
    }
    const { versions } = await tools.simpleJson(index, 'wh-demo');
    const order =
      '1.0.0.dev9 1.0.0.dev10 1.0.0a1.dev3 1.0.0a1 1.0.0b4.dev0 1.0.0b4 1.0.0rc1 1.0.0 1.0.0.post1.dev0';
    expect(versions.join(' ')).toBe(order);
  });

  test.each([
    ['a reason', 'too <early>', 'too <early>', 'data-yanked="too &#60;early&#62;"'],
    ['no reason', undefined, true, 'data-yanked=""'],
  ])('shows a yank with %s on every file of the release', async (_what, reason, inJson, inHtml) => {
    index.yank('WH.demo', '1.0', reason);
    const { files } = await tools.simpleJson(index, 'wh-demo');
    expect(files.map(({ yanked }) => yanked)).toEqual([inJson, inJson]);
    const html = await (await get('/simple/wh-demo/')).text();
    expect(html.split(inHtml)).toHaveLength(3);
    index.unyank('wh-demo', '1.0.0');
    expect((await tools.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked)).toEqual([
      false,
      false,
    ]);
  });

  test('is cached for ten minutes, with an ETag and the serial of the latest change', async () => {
    const first = await get('/simple/wh-demo/', { accept: JSON_TYPE });
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'cache-control': 'max-age=600, public',
      'content-type': JSON_TYPE,
      'x-pypi-last-serial': '2',
      vary: 'Accept',
    });
    const etag = first.headers.get('etag') ?? '';
    expect((await get('/simple/wh-demo/', { accept: JSON_TYPE, 'if-none-match': etag })).status).toBe(304);
    expect((await get('/simple/wh-demo/', { accept: 'text/html', 'if-none-match': etag })).status).toBe(200);
    index.yank('wh-demo', '1.0.0');
    const after = await get('/simple/wh-demo/', { accept: JSON_TYPE, 'if-none-match': etag });
    expect([after.status, after.headers.get('x-pypi-last-serial')]).toEqual([200, '3']);
  });

  test.each([
    [
      'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01',
      JSON_TYPE,
    ],
    ['application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01', 'application/vnd.pypi.simple.v1+html'],
    ['text/html', 'text/html; charset=UTF-8'],
    ['*/*', 'text/html; charset=UTF-8'],
    ['application/*, text/html;q=0.5', 'application/vnd.pypi.simple.v1+html'],
    ['application/vnd.pypi.simple.v1+json;q=0', 'text/html; charset=UTF-8'],
    ['image/png', 'text/html; charset=UTF-8'],
  ])('answers a client that accepts %s with %s', async (accept, type) => {
    expect((await get('/simple/wh-demo/', { accept })).headers.get('content-type')).toBe(type);
    expect((await get('/simple/', { accept })).headers.get('content-type')).toBe(type);
  });

  test('leads other spellings of a name to the normal one', async () => {
    for (const path of ['/simple/WH_Demo/', '/simple/wh-demo', '/simple/wh.demo']) {
      const response = await get(path);
      expect([response.status, response.headers.get('location')]).toEqual([301, '/simple/wh-demo/']);
    }
  });

  test('lists its projects', async () => {
    const list: unknown = await (await get('/simple/', { accept: JSON_TYPE })).json();
    expect(list).toEqual({
      meta: { 'api-version': '1.4', '_last-serial': 2 },
      projects: [{ name: 'WH-Demo', '_last-serial': 2 }],
    });
    expect(await (await get('/simple/')).text()).toContain('<a href="/simple/wh-demo/">WH-Demo</a>');
  });

  test('knows no other names', async () => {
    for (const path of [
      '/simple/other/',
      '/pypi/other/json',
      '/pypi/wh-demo/2.0/json',
      '/nowhere',
      '/simple/..%2f..%2f/',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });
});

describe('the JSON API', () => {
  interface Document {
    readonly info: Record<string, unknown>;
    readonly urls: readonly Record<string, unknown>[];
    readonly releases?: Record<string, readonly unknown[]>;
    readonly last_serial: number;
  }

  async function read(path: string): Promise<Document> {
    return (await (await get(path)).json()) as Document;
  }

  test('describes a release with the metadata of its first upload and the digests of its files', async () => {
    const document = await read('/pypi/wh-demo/1.0/json');
    expect(document.info).toMatchObject({
      name: 'WH-Demo',
      version: '1.0.0',
      summary: 'A <tiny> package',
      requires_python: '>=3.8',
      requires_dist: ['six', 'attrs'],
      yanked: false,
      yanked_reason: null,
    });
    const blake = await tools.run(tools.tool('python'), [
      '-c',
      'import hashlib, sys; print(hashlib.blake2b(open(sys.argv[1], "rb").read(), digest_size=32).hexdigest())',
      made.wheel,
    ]);
    const bytes = await readFile(made.wheel);
    expect(document.urls[0]).toMatchObject({
      filename: 'wh_demo-1.0.0-py3-none-any.whl',
      packagetype: 'bdist_wheel',
      python_version: 'py3',
      digests: {
        md5: createHash('md5').update(bytes).digest('hex'),
        sha256: tools.sha256(bytes),
        blake2b_256: blake.output.trim(),
      },
      size: bytes.length,
      upload_time: '2026-08-21T10:11:12',
      upload_time_iso_8601: NOW,
      yanked: false,
    });
    expect(document.releases).toBeUndefined();
    expect(document.last_serial).toBe(2);
  });

  test('shows the newest final release that is not yanked as the latest, and all releases', async () => {
    for (const version of ['0.9', '1.1', '1.2.dev0']) {
      const { wheel } = await tools.makeDistributions('wh-demo', version, version);
      expect(await tools.plainUpload(index, wheel)).toMatchObject({ status: 200 });
    }
    expect((await read('/pypi/wh-demo/json')).info['version']).toBe('1.1');
    index.yank('wh-demo', '1.1', 'bad');
    const document = await read('/pypi/wh-demo/json');
    expect(document.info['version']).toBe('1.0.0');
    expect(Object.keys(document.releases ?? {})).toEqual(['0.9', '1.0.0', '1.1', '1.2.dev0']);
    expect(document.releases?.['1.1']).toEqual([
      expect.objectContaining({ yanked: true, yanked_reason: 'bad' }),
    ]);
  });

  test('leads other spellings of a name to the normal one', async () => {
    const response = await get('/pypi/WH_Demo/json');
    expect([response.status, response.headers.get('location')]).toEqual([301, '/pypi/wh-demo/json']);
  });
});

test('files are served under their digest and their name only, with all their bytes', async () => {
  const bytes = await readFile(made.sdist);
  const path = `/files/${tools.sha256(bytes)}/wh_demo-1.0.0.tar.gz`;
  const response = await get(path);
  expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  const head = await fetch(new URL(path, index.url), { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
  expect((await get(path.replace('1.0.0', '1.0.1'))).status).toBe(404);
  expect((await get(`/files/${'0'.repeat(64)}/wh_demo-1.0.0.tar.gz`)).status).toBe(404);
});

test('the index says of itself that it is a stand-in', async () => {
  expect(await (await get('/')).text()).toContain('This is a stand-in of a Python package index');
});
