import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigurationError } from '../../src/config/problems.js';
import { readSettings, type Settings } from '../../src/config/settings.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

const file = () => path.join(folder, 'slipway.toml');

async function read(content: string, env: NodeJS.ProcessEnv = {}): Promise<Settings> {
  await writeFile(file(), content);
  return readSettings(file(), env);
}

async function problemsOf(content: string): Promise<string[]> {
  try {
    await read(content);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((problem) => problem.replace(`${file()}: `, ''));
  }
  throw new Error('these settings were accepted');
}

describe('settings', () => {
  test('need no more than an approver, and have a default for everything else', async () => {
    expect(await read('approvers = ["mara"]')).toEqual({
      state: path.join(homedir(), '.local/state/slipway'),
      cache: path.join(homedir(), '.cache/slipway'),
      approvers: ['mara'],
      leastCoverage: 100,
      quorum: 1,
      selfApproval: false,
      signatures: ['production', 'un-yank', 'amend'],
      keys: {},
      approveWithin: { production: 604_800 },
      watchSeconds: 43200,
      escalateSeconds: 600,
      roster: {},
      channels: {},
      notify: {},
      expiry: {},
      probes: [expect.objectContaining({ name: 'index', intervalSeconds: 300 }) as unknown],
      buildSecrets: [],
      testEnvironment: {},
      pythonDownloads: false,
      network: {},
      test: { name: 'testpypi', publisher: 'twine', user: '__token__', token: 'TESTPYPI_TOKEN' },
      production: {
        name: 'pypi',
        publisher: 'twine',
        user: '__token__',
        token: 'PYPI_TOKEN',
        takesFilesFor: 1_209_600,
      },
      yank: {
        drivers: ['person'],
        limitSeconds: 15,
        lateFilesSeconds: 900,
        secrets: [],
      },
      ...{ afterYank: 'ask', finalVersion: 'after-merge' },
      reruns: 2,
      historyEvents: 2000,
      packages: {},
    });
  });

  test('are read with every key, and relative paths start at the file', async () => {
    const settings = await read(`
      state = "state"
      cache = "~/cache"
      approvers = ["mara", "jo"]
      quorum = 2
      self-approval = true
      self-approval-delay = "2h"
      approve-within = { branch = "30m", production = "1d" }
      watch = "90s"
      build-secrets = ["OPENAI_API_KEY"]
      history-events = 500
      web-ui = "http://127.0.0.1:8233"
      contact = "releases@example.org"
      test-environment = { OPENAI_BASE_URL = "http://127.0.0.1:9/v1", EMPTY = "" }
      call-record = "http://127.0.0.1:9/runs/{run}/calls"
      [network]
      ca-bundle = "ca.pem"
      proxy = "http://proxy:3128"
      proxy-credentials = "PROXY_CREDENTIALS"
      no-proxy = "localhost"
      main-index = "https://mirror.example/simple"
      main-index-credentials = "MIRROR_CREDENTIALS"
      [test]
      name = "rehearsal-test"
      upload = "http://127.0.0.1:1/upload"
      simple = "http://127.0.0.1:1/simple"
      user = "root"
      token = "T"
      credentials = "T_READ"
      [yank]
      drivers = ["command", "person"]
      command = ["yank", "{package}", "{version}"]
      secrets = ["YANK_PASSWORD"]
      link = "https://index.example/{package}/{version}"
      [codecov]
      upload = "https://codecov.example"
      token = "C"
      read-token = "R"
      wait = "5m"
      [packages.meant-it]
      repository = "git/meant-it.git"
      base = "trunk"
      codecov = "gitlab/team/sub/meant-it"
      lines = { "1.4" = "1.4.x" }
      [packages.other]
      repository = "git@forge.example:team/other.git"
      [packages.third]
      repository = "https://forge.example/team/third.git"
      credentials = "FORGE_CREDENTIALS"
    `);
    expect(settings).toMatchObject({
      state: path.join(folder, 'state'),
      cache: path.join(homedir(), 'cache'),
      leastCoverage: 100,
      quorum: 2,
      selfApproval: { delaySeconds: 7200 },
      approveWithin: { branch: 1800, production: 86_400 },
      watchSeconds: 90,
      testEnvironment: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', EMPTY: '' },
      callRecord: 'http://127.0.0.1:9/runs/{run}/calls',
      contact: 'releases@example.org',
      network: {
        caBundle: path.join(folder, 'ca.pem'),
        proxyCredentials: 'PROXY_CREDENTIALS',
        mainIndex: 'https://mirror.example/simple/',
        mainIndexCredentials: 'MIRROR_CREDENTIALS',
      },
      test: {
        name: 'rehearsal-test',
        simple: 'http://127.0.0.1:1/simple/',
        user: 'root',
        token: 'T',
        credentials: 'T_READ',
      },
      yank: { drivers: ['command', 'person'], link: 'https://index.example/{package}/{version}' },
      codecov: {
        upload: 'https://codecov.example',
        api: 'https://codecov.example',
        token: 'C',
        readToken: 'R',
        waitSeconds: 300,
      },
      packages: {
        'meant-it': {
          repository: path.join(folder, 'git/meant-it.git'),
          base: 'trunk',
          lines: { '1.4': '1.4.x' },
          branch: 'release/{version}',
          codecov: 'gitlab/team/sub/meant-it',
        },
        other: { repository: 'git@forge.example:team/other.git', base: 'main' },
        third: { credentials: 'FORGE_CREDENTIALS' },
      },
    });
  });

  test('report everything that is wrong at once, with the key and what to write', async () => {
    const problems = await problemsOf(`
      approvers = []
      quorum = "two"
      watch = "soon"
      colour = "blue"
      build-secrets = ["PYPI_TOKEN"]
      [test]
      name = "elsewhere"
      upload = "ftp://127.0.0.1/"
      [yank]
      drivers = ["command", "magic"]
      [packages.Meant_It]
      repository = "here"
      [packages.other]
      repository = "ext::sh -c id"
    `);
    expect(problems).toEqual([
      'approvers: must name at least one person who may approve',
      'quorum: must be a number',
      'watch: must be a duration such as "12h", "10m", "90s", or a number of seconds',
      'test.upload: must be an address that begins with https:// (or http://) and holds no password',
      'test: the index elsewhere needs both addresses: upload and simple',
      'yank.drivers.1: must be one of web, api, command, person',
      'packages.Meant_It: "Meant_It" is not normalised: write meant-it',
      expect.stringMatching(/^packages.other.repository: must be https:/),
      expect.stringMatching(/^colour: is no key here: take it out, or use one of state, cache, approvers/),
      "build-secrets: PYPI_TOKEN can publish, push, yank, report coverage or speak to people, and the build zone runs other people's code: take it out",
    ]);
  });

  test.each([
    ['approvers', '', 'approvers: is missing: it must be a list of texts'],
    [
      'an unknown key in a table',
      'approvers = ["a"]\n[network]\nproxi = "x"',
      'network.proxi: is no key here',
    ],
    ['a quorum that nobody can reach', 'approvers = ["a"]\nquorum = 2', 'quorum: must be at most'],
    ['an approver twice', 'approvers = ["a", "a"]', 'approvers: names somebody twice'],
    ['a quorum of nobody', 'approvers = ["a"]\nquorum = 0', 'quorum: must be at least 1'],
    [
      'a driver without its command',
      'approvers = ["a"]\n[yank]\ndrivers = ["command"]',
      'yank: the driver "command"',
    ],
    [
      'an index without its addresses',
      'approvers = ["a"]\n[production]\nname = "ours"\nsimple = "https://x/simple/"',
      'production: the index ours needs both addresses',
    ],
    [
      'an index of which nobody has said whether it can yank',
      'approvers = ["a"]\n[production]\nname = "ours"\nupload = "https://x/"\nsimple = "https://x/simple/"',
      'production: say whether releases can be yanked on ours: yanks = true, or yanks = false',
    ],
    [
      'an address for pypi',
      'approvers = ["a"]\n[production]\nsimple = "https://x/"',
      'production: pypi gets its addresses from twine',
    ],
    ['one index for both', 'approvers = ["a"]\n[test]\nname = "pypi"', 'test: is the production index'],
    ['a watch of nothing', 'approvers = ["a"]\nwatch = 0', 'watch: must be a duration'],
    [
      'a branch that is an option',
      'approvers = ["a"]\n[packages.x]\nrepository = "x"\nbranch = "--upload-pack=x"',
      'packages.x.branch: must be a name that git takes',
    ],
    [
      'a password in an address',
      'approvers = ["a"]\n[packages.x]\nrepository = "https://me:secret@forge.example/x"',
      'packages.x.repository: must be https',
    ],
    [
      'a release branch that is main',
      'approvers = ["a"]\n[packages.x]\nrepository = "x"\nbranch = "main"',
      'packages.x: base and branch are the same',
    ],
  ])('refuse %s', async (_what, content, expected) => {
    expect(await problemsOf(content)).toEqual([expect.stringContaining(expected)]);
  });

  test('say where they are missing or no TOML', async () => {
    expect(() => readSettings(path.join(folder, 'nothing.toml'))).toThrow(/nothing\.toml does not exist/);
    expect(await problemsOf('approvers = [')).toEqual([expect.stringContaining('is not TOML')]);
  });
});
