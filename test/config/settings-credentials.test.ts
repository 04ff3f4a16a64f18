import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { readSettings } from '../../src/config/settings.js';

const settings = `
  approvers = ["mara"]
  [network]
  proxy-credentials = "PROXY"
  main-index = "http://mirror.example/simple"
  main-index-credentials = "MIRROR"
  [test]
  credentials = "READ"
  [production]
  name = "ours"
  upload = "https://index.example/legacy/"
  simple = "https://index.example/simple/"
  token = "OURS"
  credentials = "OURS"
  yanks = false
  [packages.demo]
  repository = "git@forge.example:team/demo.git"
  credentials = "FORGE"
  [packages.other]
  repository = "https://forge.example/other.git"
  credentials = "READ"
`;

test('credentials go nowhere in the clear, nor to where project code could read what publishes', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'slipway.toml');
  await writeFile(file, settings);
  expect(() => readSettings(file, {})).toThrow(
    [
      'network: proxy-credentials need the key proxy, the address that they are sent to',
      'network: main-index must begin with https:// where credentials are sent to it',
      'test: credentials need the simple address that they are sent to',
      'packages.demo: credentials are for a repository at https://…; ssh uses the key or the agent of the worker',
      "production: OURS can publish, push, yank, report coverage or speak to people, and the build zone runs other people's code: take it out",
    ]
      .map((problem) => `- ${file}: ${problem}`)
      .join('\n'),
  );
});
