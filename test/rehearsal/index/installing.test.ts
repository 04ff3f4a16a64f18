import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';

let index: IndexStandIn;
let folder: string;

beforeEach(async () => {
  index = await tools.runningIndex();
  folder = await tools.temporaryFolder();
});

async function publish(name: string, version: string): Promise<void> {
  const made = await tools.makeDistributions(name, version, `body of ${version}`);
  for (const file of [made.wheel, made.sdist]) {
    expect(await tools.plainUpload(index, file)).toMatchObject({ status: 200 });
  }
}

interface Report {
  readonly install: readonly {
    readonly metadata: { readonly version: string };
    readonly is_yanked: boolean;
    readonly download_info: {
      readonly url: string;
      readonly archive_info: { readonly hashes: { readonly sha256: string } };
    };
  }[];
}

/** Installs with pip and answers what it printed and reported. */
async function pipInstall(
  requirement: string,
): Promise<tools.Ended & { report?: Report['install'][number] }> {
  const report = join(folder, 'report.json');
  const where = ['--target', join(folder, 'installed'), '--report', report];
  const args = ['install', '--no-cache-dir', '--index-url', index.simpleUrl, ...where, requirement];
  const ended = await tools.run(tools.tool('pip'), args);
  if (ended.code !== 0) return ended;
  const { install } = JSON.parse(await readFile(report, 'utf8')) as Report;
  const [first] = install;
  return first === undefined ? ended : { ...ended, report: first };
}

/** Installs with uv into a folder. */
function uvInstall(requirement: string): Promise<tools.Ended> {
  const where = ['--target', join(folder, 'installed'), '--cache-dir', join(folder, 'uv-cache')];
  const args = [
    'pip',
    'install',
    '--index-url',
    index.simpleUrl,
    ...where,
    '--python',
    tools.tool('python'),
    requirement,
  ];
  return tools.run(tools.tool('uv'), args);
}

describe('pip', () => {
  test('installs the newest release and reports the digest that was uploaded', async () => {
    await publish('wh-demo', '1.0.0');
    await publish('wh-demo', '1.1.0');
    const { report, output } = await pipInstall('wh-demo');
    const [wheel] = (await tools.simpleJson(index, 'wh-demo')).files.filter(({ filename }) =>
      filename.includes('1.1.0-py3'),
    );
    expect(report?.metadata.version, output).toBe('1.1.0');
    expect(report?.download_info.url).toBe(wheel?.url);
    expect(report?.download_info.archive_info.hashes.sha256).toBe(wheel?.hashes.sha256);
    expect(await readFile(join(folder, 'installed', 'wh_demo.py'), 'utf8')).toBe("BODY = 'body of 1.1.0'\n");
  });

  test('reads the core metadata beside the wheel and not the wheel, to resolve', async () => {
    await publish('wh-demo', '1.0.0');
    const args = [
      'install',
      '--no-cache-dir',
      '--dry-run',
      '--index-url',
      index.simpleUrl,
      '--target',
      folder,
      'wh-demo',
    ];
    expect(await tools.run(tools.tool('pip'), args)).toMatchObject({ code: 0 });
    const read = index.accessLog().flatMap((entry) => (entry.kind === 'request' ? [entry.path] : []));
    expect(read.filter((path) => path.startsWith('/files/'))).toEqual([
      expect.stringMatching(/\/wh_demo-1\.0\.0-py3-none-any\.whl\.metadata$/),
    ]);
  });

  test('finds no version when every release is yanked and none is pinned', async () => {
    await publish('wh-demo', '1.0.0');
    index.yank('wh-demo', '1.0.0', 'it says goodbye');
    const { code, output } = await pipInstall('wh-demo');
    expect(code).toBe(1);
    expect(output).toContain('No matching distribution found for wh-demo');
  });

  test('installs a yanked release that is pinned, with a warning that gives the reason', async () => {
    await publish('wh-demo', '1.0.0');
    index.yank('wh-demo', '1.0.0', 'it says <goodbye>');
    const { output, report } = await pipInstall('wh-demo==1.0.0');
    expect(report?.is_yanked, output).toBe(true);
    expect(output).toContain('Reason for being yanked: it says <goodbye>');
  });

  test('falls back to the release before a yanked one', async () => {
    await publish('wh-demo', '1.0.0');
    await publish('wh-demo', '1.1.0');
    index.yank('wh-demo', '1.1.0');
    const { output, report } = await pipInstall('wh-demo');
    expect(report, output).toMatchObject({ is_yanked: false, metadata: { version: '1.0.0' } });
  });

  test('takes a development release only when it is named', async () => {
    await publish('wh-demo', '1.0.0');
    await publish('wh-demo', '1.1.0.dev0');
    expect((await pipInstall('wh-demo')).report?.metadata.version).toBe('1.0.0');
    expect((await pipInstall('wh-demo==1.1.0.dev0')).report?.metadata.version).toBe('1.1.0.dev0');
  });
});

describe('uv', () => {
  test('installs the newest release', async () => {
    await publish('wh-demo', '1.0.0');
    await publish('wh-demo', '1.1.0');
    expect(await uvInstall('wh-demo')).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'installed', 'wh_demo.py'), 'utf8')).toBe("BODY = 'body of 1.1.0'\n");
  });

  test('falls back to the release before a yanked one', async () => {
    await publish('wh-demo', '1.0.0');
    await publish('wh-demo', '1.1.0');
    index.yank('wh-demo', '1.1.0', 'bad');
    expect(await uvInstall('wh-demo')).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'installed', 'wh_demo.py'), 'utf8')).toBe("BODY = 'body of 1.0.0'\n");
  });

  test('installs a yanked release that is pinned, with a warning', async () => {
    await publish('wh-demo', '1.0.0');
    index.yank('wh-demo', '1.0.0', 'bad');
    const { code, output } = await uvInstall('wh-demo==1.0.0');
    expect(code, output).toBe(0);
    expect(output).toContain('`wh-demo==1.0.0` is yanked (reason: "bad")');
  });
});
