import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readSecrets, zoneEnvironment } from '../../src/config/secrets.js';
import { readSettings, type Settings } from '../../src/config/settings.js';

let folder: string;
let settings: Settings;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  await writeFile(
    path.join(folder, 'slipway.toml'),
    `approvers = ["mara"]
     build-secrets = ["MODEL_KEY"]
     [codecov]
     read-token = "CODECOV_API_TOKEN"
     [yank]
     drivers = ["web", "command"]
     command = ["yank"]
     secrets = ["YANK_PASSWORD"]
     [yank.web]
     user = "mara"
     password = "OWNER"
     seed = "SEED"
     [network]
     proxy = "http://proxy.example:3128"
     proxy-credentials = "PROXY"
     [packages.demo]
     repository = "https://forge.example/demo.git"
     credentials = "FORGE"`,
  );
  settings = readSettings(path.join(folder, 'slipway.toml'), {});
});
afterAll(() => rm(folder, { recursive: true }));

const everything = {
  PATH: '/bin',
  MODEL_KEY: 'm',
  TESTPYPI_TOKEN: 't',
  PYPI_TOKEN_FILE: '/p',
  YANK_PASSWORD: 'y',
  OWNER_FILE: '/o',
  SEED: 's',
  PROXY: 'robot:p',
  FORGE_FILE: '/f',
  CODECOV_TOKEN: 'c',
};

async function secretFile(content: string, mode: number): Promise<string> {
  const file = path.join(folder, `secret-${String(mode)}`);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

describe('secrets', () => {
  test('come from the variable or from the file that only its owner may read', async () => {
    const PYPI_TOKEN_FILE = await secretFile('from a file\n', 0o600);
    const secrets = readSecrets(settings, 'publish', { TESTPYPI_TOKEN: 'from a variable', PYPI_TOKEN_FILE });
    expect([secrets.get('TESTPYPI_TOKEN'), secrets.get('PYPI_TOKEN')]).toEqual([
      'from a variable',
      'from a file',
    ]);
  });

  test('are refused in a file that others may read, in both places at once, and in no file', async () => {
    const open = await secretFile('x', 0o640);
    expect(() => readSecrets(settings, 'build', { MODEL_KEY_FILE: open })).toThrow(`chmod 600 ${open}`);
    expect(() => readSecrets(settings, 'build', { MODEL_KEY_FILE: open, MODEL_KEY: 'x' })).toThrow(
      'both set',
    );
    expect(() => readSecrets(settings, 'build', { MODEL_KEY_FILE: `${folder}/none` })).toThrow(
      'cannot be read',
    );
  });

  test.each([
    ['build', ['MODEL_KEY', 'PROXY']],
    ['publish', ['TESTPYPI_TOKEN', 'PYPI_TOKEN', 'CODECOV_TOKEN', 'CODECOV_API_TOKEN', 'PROXY', 'FORGE']],
    ['urgent', ['YANK_PASSWORD', 'OWNER', 'SEED', 'PROXY', 'FORGE']],
    ['workflow', []],
  ] as const)('of the zone %s are %j and no others', (zone, own) => {
    const all = {
      MODEL_KEY: 'm',
      TESTPYPI_TOKEN: 't',
      PYPI_TOKEN: 'p',
      CODECOV_TOKEN: 'c',
      CODECOV_API_TOKEN: 'r',
      YANK_PASSWORD: 'y',
      OWNER: 'o',
      SEED: 's',
      PROXY: 'robot:p',
      FORGE: 'robot:f',
    };
    const secrets = readSecrets(settings, zone, all);
    expect(Object.keys(all).filter((name) => secrets.has(name))).toEqual(own);
  });

  test('that are credentials are refused where they are no user and password', () => {
    expect(() => readSecrets(settings, 'build', { PROXY: 'a-token-alone' })).toThrow(
      'PROXY holds no credentials: write user:password',
    );
  });

  test('that are missing are an operator failure which says what to set', () => {
    const secrets = readSecrets(settings, 'publish', { PYPI_TOKEN: '' });
    const asked = () => secrets.get('PYPI_TOKEN');
    expect(asked).toThrow(ApplicationFailure);
    expect(asked).toThrow(/without the secret PYPI_TOKEN[^]*Set PYPI_TOKEN \(or PYPI_TOKEN_FILE, mode 600\)/);
    expect(() => secrets.get('MODEL_KEY')).toThrow('may not hold the secret MODEL_KEY');
  });

  test('of other zones are not in the environment of a zone', () => {
    const names = (zone: 'workflow' | 'build' | 'publish' | 'urgent') =>
      Object.keys(zoneEnvironment(settings, zone, everything));
    expect(names('workflow')).toEqual(['PATH']);
    expect(names('build')).toEqual(['PATH', 'MODEL_KEY', 'PROXY']);
    expect(names('publish')).toEqual([
      ...['PATH', 'TESTPYPI_TOKEN', 'PYPI_TOKEN_FILE', 'PROXY', 'FORGE_FILE', 'CODECOV_TOKEN'],
    ]);
    expect(names('urgent')).toEqual([
      ...['PATH', 'YANK_PASSWORD', 'OWNER_FILE', 'SEED', 'PROXY', 'FORGE_FILE'],
    ]);
  });
});
