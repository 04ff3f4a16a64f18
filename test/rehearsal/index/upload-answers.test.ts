import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';
import type { Made } from './tools.js';

const FIFTEEN_DAYS = 15 * 24 * 60 * 60 * 1000;

/** One row of the table of what the index answers to an upload. */
interface Row {
  readonly what: string;
  /** Brings the index into the row's state; answers the file to upload. Default: the wheel, into an empty index. */
  readonly given?: (world: World) => string | Promise<string>;
  readonly token?: string;
  readonly status: number;
  readonly reason: RegExp;
  /** How many files the upload adds. */
  readonly adds?: number;
}

interface World {
  readonly index: IndexStandIn;
  readonly made: Made;
  readonly wait: (ms: number) => void;
}

async function store({ index }: World, ...files: string[]): Promise<void> {
  for (const file of files) expect(await tools.plainUpload(index, file)).toMatchObject({ status: 200 });
}

const otherBytes = () => tools.makeDistributions('wh-demo', '1.0.0', 'other');

async function renamed(file: string, name: string): Promise<string> {
  const copy = join(dirname(file), name);
  await copyFile(file, copy);
  return copy;
}

const shared: readonly Row[] = [
  { what: 'a new wheel', status: 200, reason: /^OK$/, adds: 1 },
  { what: 'a new sdist', given: ({ made }) => made.sdist, status: 200, reason: /^OK$/, adds: 1 },
  {
    what: 'the same bytes again',
    given: async (world) => {
      await store(world, world.made.wheel);
      return world.made.wheel;
    },
    status: 200,
    reason: /^OK$/,
  },
  {
    what: 'other bytes under the same filename',
    given: async (world) => {
      await store(world, world.made.wheel);
      return (await otherBytes()).wheel;
    },
    status: 400,
    reason:
      /^File already exists \('wh_demo-1\.0\.0-py3-none-any\.whl', with blake2_256 hash '[0-9a-f]{64}'\)\. See \S+\/help\/#file-name-reuse for more information\.$/,
  },
  {
    what: 'the same bytes under another filename',
    given: async (world) => {
      await store(world, world.made.wheel);
      return renamed(world.made.wheel, 'wh_demo-1.0.0-py2.py3-none-any.whl');
    },
    status: 400,
    reason: /^File already exists \('wh_demo-1\.0\.0-py2\.py3-none-any\.whl', with blake2_256 hash /,
  },
  {
    what: 'a filename whose file was deleted',
    given: async (world) => {
      await store(world, world.made.wheel);
      world.index.deleteFile('wh_demo-1.0.0-py3-none-any.whl');
      return world.made.wheel;
    },
    status: 400,
    reason:
      /^This filename was previously used by a file that has since been deleted\. Use a different version\. See /,
  },
  {
    what: 'a new file for a release that is fifteen days old',
    given: async (world) => {
      await store(world, world.made.wheel);
      world.wait(FIFTEEN_DAYS);
      return world.made.sdist;
    },
    status: 400,
    reason: /^Uploading new files to releases older than 14 days is not allowed\.$/,
  },
  {
    what: 'an sdist with a dash where an underscore belongs',
    given: ({ made }) => renamed(made.sdist, 'wh-demo-1.0.0.tar.gz'),
    status: 400,
    reason: /^Filename 'wh-demo-1\.0\.0\.tar\.gz' is invalid, should be 'wh_demo-1\.0\.0\.tar\.gz'\.$/,
  },
  {
    what: 'an unknown token',
    token: 'pypi-unknown',
    status: 403,
    reason:
      /^Invalid or non-existent authentication information\. See \S+\/help\/#invalid-auth for more information\.$/,
  },
  {
    what: 'a token of another project',
    token: 'pypi-other-project',
    status: 403,
    reason: /^Invalid API Token: project-scoped token is not valid for project: 'wh[-_]demo'$/,
  },
  { what: 'a token of this project', token: 'pypi-this-project', status: 200, reason: /^OK$/, adds: 1 },
];

async function worldOf(): Promise<World> {
  let later = 0;
  const index = await tools.runningIndex({
    tokens: [
      { token: tools.TOKEN, projects: '*' },
      { token: 'pypi-other-project', projects: ['another'] },
      { token: 'pypi-this-project', projects: ['WH_Demo'] },
    ],
    now: () => new Date(Date.now() + later),
  });
  const made = await tools.makeDistributions('wh-demo', '1.0.0');
  return { index, made, wait: (ms) => (later += ms) };
}

describe('an upload by a plain client', () => {
  test.each(shared)(
    'of $what is answered with $status',
    async ({ given, token, status, reason, adds = 0 }) => {
      const world = await worldOf();
      const file = given === undefined ? world.made.wheel : await given(world);
      const before = tools.storedFiles(world.index).length;
      const answer = await tools.plainUpload(
        world.index,
        file,
        {},
        tools.basic('__token__', token ?? tools.TOKEN),
      );
      expect(answer.reason).toMatch(reason);
      expect(answer.status).toBe(status);
      expect(tools.storedFiles(world.index).length - before).toBe(adds);
    },
  );
});

describe('an upload by twine', () => {
  test.each(shared)(
    'of $what is answered with $status',
    async ({ given, token, status, reason, adds = 0 }) => {
      const world = await worldOf();
      const file = given === undefined ? world.made.wheel : await given(world);
      const before = tools.storedFiles(world.index).length;
      const ended = await tools.twineUpload(world.index, file, token);
      expect(ended.code, ended.output).toBe(status === 200 ? 0 : 1);
      const lines = ended.output.split('\n').map((line) => line.trim());
      if (status !== 200) expect(lines).toContainEqual(expect.stringMatching(reason));
      const [upload] = world.index
        .accessLog()
        .filter((entry) => entry.kind === 'request' && entry.userAgent?.startsWith('twine/'));
      expect(upload).toMatchObject({ method: 'POST', path: '/legacy/', status });
      expect(tools.storedFiles(world.index).length - before).toBe(adds);
    },
  );
});

describe('authentication', () => {
  test.each([
    ['nothing', ''],
    ['a password', tools.basic('maintainer', tools.TOKEN)],
    ['an empty token', tools.basic('__token__', '')],
  ])('by %s is refused', async (_what, authorization) => {
    const { index, made } = await worldOf();
    expect(await tools.plainUpload(index, made.wheel, {}, authorization)).toMatchObject({ status: 403 });
    expect(tools.storedFiles(index)).toEqual([]);
  });

  test('by a bearer token is accepted', async () => {
    const { index, made } = await worldOf();
    expect(await tools.plainUpload(index, made.wheel, {}, `Bearer ${tools.TOKEN}`)).toMatchObject({
      status: 200,
    });
  });

  test('leaves no trace of the token in the access log', async () => {
    const { index, made } = await worldOf();
    await tools.plainUpload(index, made.wheel);
    const log = JSON.stringify(index.accessLog());
    expect(log).toContain('wh_demo-1.0.0-py3-none-any.whl');
    expect(log).not.toContain(tools.TOKEN);
    expect(log).not.toContain(Buffer.from(`__token__:${tools.TOKEN}`).toString('base64'));
  });
});
