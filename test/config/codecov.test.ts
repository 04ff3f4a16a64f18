import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { codecovPlace, isCodecovPlace } from '../../src/config/codecov.js';
import { readSettings } from '../../src/config/settings.js';

test.each([
  ['https://github.com/team/project.git', 'github/team/project'],
  ['https://gitlab.com/team/sub/project', 'gitlab/team/sub/project'],
  ['git@github.com:team/project.git', 'github/team/project'],
  ['ssh://git@bitbucket.org:22/team/project/', 'bitbucket/team/project'],
  ['https://github.example.org/team/project.git', undefined],
  ['https://example.org/github/team/project', undefined],
  ['https://github.com/project', undefined],
  ['file:///github.com/team/project', undefined],
  ['/srv/github.com/team/project', undefined],
])('the repository at %s is %s on Codecov', (address, place) => {
  expect(codecovPlace(address)).toBe(place);
});

test.each([
  'github',
  'github/team',
  'team/project/x',
  'github/team/../x',
  'github/team/-x',
  'github/team/x y',
])('%s is no repository as Codecov names it', (place) => {
  expect(isCodecovPlace(place)).toBe(false);
});

test.each([
  [
    'a wait that is too long',
    'approvers = ["a"]\n[codecov]\nwait = "1h"',
    'codecov.wait: must be at most "30m"',
  ],
  [
    'a name that Codecov cannot have',
    'approvers = ["a"]\n[packages.x]\nrepository = "x"\ncodecov = "team/x"',
    'packages.x.codecov: must be "none" or host/owner/name',
  ],
  [
    "Codecov's token for tests",
    'approvers = ["a"]\nbuild-secrets = ["CODECOV_TOKEN"]\n[codecov]',
    'build-secrets: CODECOV_TOKEN can publish, push, yank, report coverage or speak to people',
  ],
])('settings refuse %s', async (_what, content, expected) => {
  const file = await settingsFile(content);
  expect(() => readSettings(file, {})).toThrow(expected);
});

test('settings need no more than the table, whose addresses codecovcli knows', async () => {
  const { codecov } = readSettings(await settingsFile('approvers = ["mara"]\n[codecov]'), {});
  expect(codecov).toEqual({ token: 'CODECOV_TOKEN', waitSeconds: 600 });
});

async function settingsFile(content: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'slipway.toml');
  await writeFile(file, content);
  return file;
}
