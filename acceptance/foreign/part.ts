import path from 'node:path';

import type { TomlTable } from 'smol-toml';

import { emptyRemote, type Remote } from '../../rehearsal/world/repository.js';
import type { World } from '../../rehearsal/world/world.js';
import { root } from '../../tools/paths.mjs';
import {
  expectOutcome,
  expectSaid,
  expectSame,
  inWorld,
  partOf,
  release,
  saidBy,
  type Stage,
} from '../releasing.js';
import { layFault, layTiny, tiny, versionOn } from '../tiny.js';
import {
  installServers,
  readerOfPypiserver,
  startDevpi,
  startPypiserver,
  type ForeignIndex,
} from './servers.js';

/** The whole procedure on indexes that are not PyPI's: each with its own rules, and none that can yank. */
export const foreignIndexes = partOf(
  'foreign',
  'devpi as the test index, pypiserver as production: HTML only, a password to read, no yank',
  {
    'fixed-and-released': (stage) => playOn(stage, fixedAndReleased),
    removed: (stage) => playOn(stage, removed),
  },
);

async function playOn(
  stage: Stage,
  body: (stage: Stage, world: World, remote: Remote) => Promise<string>,
): Promise<string> {
  const bin = await installServers(stage);
  stage.say('starts devpi and pypiserver');
  const [test, production] = [await startDevpi(bin, stage.folder), await startPypiserver(bin, stage.folder)];
  try {
    const remote = await emptyRemote(path.join(stage.folder, 'tiny.git'));
    const first = await remote.commit('main', 'main', 'Version 0.9.0', (folder) => layTiny(folder, '0.9.0'));
    await remote.tag('v0.9.0', first);
    const options = {
      package: tiny,
      repository: remote.address,
      watchSeconds: 5,
      settings: settingsOf(test, production),
      environment: {
        DEVPI_PASSWORD: test.password,
        PYPISERVER_PASSWORD: production.password,
        PYPISERVER_READER: readerOfPypiserver,
        REMOVAL_SERVER: production.upload,
        REMOVAL_CREDENTIALS: `${production.user}:${production.password}`,
      },
    };
    return await inWorld(stage, options, (world) => body(stage, world, remote));
  } finally {
    await Promise.all([test.close(), production.close()]);
  }
}

function settingsOf(test: ForeignIndex, production: ForeignIndex): TomlTable {
  const addresses = ({ upload, simple, user }: ForeignIndex) => ({ upload, simple, user });
  return {
    test: { name: 'devpi', ...addresses(test), token: 'DEVPI_PASSWORD' },
    production: {
      name: 'pypiserver',
      ...addresses(production),
      token: 'PYPISERVER_PASSWORD',
      credentials: 'PYPISERVER_READER',
      yanks: false,
    },
    yank: {
      drivers: ['command', 'person'],
      command: [
        process.execPath,
        path.join(root, 'acceptance', 'foreign', 'remove-from-pypiserver.mjs'),
        '{package}',
        '{version}',
      ],
      secrets: ['REMOVAL_SERVER', 'REMOVAL_CREDENTIALS'],
    },
  };
}

/** A candidate fails where it is installed from devpi; the next one goes through to pypiserver. */
async function fixedAndReleased(stage: Stage, world: World, remote: Remote): Promise<string> {
  const branch = 'release/1.0.0';
  const said = 'hello from 1.0.0';
  await remote.commit(branch, 'main', 'Say more', async (folder) => {
    await layTiny(folder, '0.9.0', said);
    await layFault(folder, said);
  });
  const story = {
    fix: async () => {
      const version = await versionOn(remote, branch);
      await remote.commit(branch, branch, 'Say it as before', (folder) => layTiny(folder, version, said));
      return 'it reads nothing that is not shipped';
    },
  };
  const ledger = await release(stage, world, { package: tiny, version: '1.0.0', story });
  expectOutcome(ledger, 'released');
  const candidates = ledger.candidates.map(({ version }) => version);
  expectSame('the candidates', candidates, ['1.0.0.dev0', '1.0.0.dev1']);
  expectSaid(saidBy(ledger, '04-publish-to-test-index'), 'devpi serves tiny_package-1.0.0.dev1');
  expectSaid(saidBy(ledger, '09-publish-to-production'), 'pypiserver serves tiny_package-1.0.0-');
  expectSaid(saidBy(ledger, '10-verify-production'), `from pypiserver: ${tiny}, unpinned`);
  for (const { id, subject } of ledger.gates)
    if (!subject.some(({ value }) => value.includes('pypiserver cannot yank')))
      throw new Error(`the card ${id} does not say that pypiserver cannot yank`);
  return 'dev0 failed from devpi, dev1 passed, 1.0.0 is on pypiserver; every card said that it cannot yank';
}

/** What was published is taken back by the command of the settings, which removes it. */
async function removed(stage: Stage, world: World, remote: Remote): Promise<string> {
  const releaseOf = async (version: string, said: string, story = {}) => {
    const from = await versionOn(remote, 'main');
    await remote.commit(`release/${version}`, 'main', 'Say it', (folder) => layTiny(folder, from, said));
    return release(stage, world, { package: tiny, version, story });
  };
  expectOutcome(await releaseOf('1.0.0', 'hello from 1.0.0'), 'released');
  const before = await remote.tree('main');
  const ledger = await releaseOf('1.1.0', 'ouch', { problem: 'it says ouch', onProblem: 'yank' });
  expectOutcome(ledger, 'yanked');
  const said = saidBy(ledger, '12-conclude-release');
  expectSaid(said, 'pypiserver, which cannot yank, lists no file of tiny-package 1.1.0 any more');
  expectSaid(said, 'the last stable version is 1.0.0');
  expectSame('main', await remote.tree('main'), before);
  return '1.0.0 was released; 1.1.0 was removed by the command, and main is as it was';
}
