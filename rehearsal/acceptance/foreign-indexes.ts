import path from 'node:path';

import type { TomlTable } from 'smol-toml';

import { root } from '../../tools/paths.mjs';
import { emptyRemote, type Remote } from '../world/repository.js';
import type { World } from '../world/world.js';
import {
  installServers,
  readerOfPypiserver,
  startDevpi,
  startPypiserver,
  type ForeignIndex,
} from './foreign-servers.js';
import { expectOutcome, expectSaid, inWorld, release, saidBy, type Part, type Stage } from './part.js';
import { layFault, layTiny, tiny } from './tiny.js';

/** The whole procedure on indexes that are not PyPI's: each with its own rules, and none that can yank. */
export const foreignIndexes: Part = {
  name: 'foreign-indexes',
  about:
    'devpi as the test index, pypiserver as production: other rules, HTML only, a password to read, no yank',
  async run(stage) {
    const bin = await installServers(stage);
    const [test, production] = [
      await startDevpi(bin, stage.folder),
      await startPypiserver(bin, stage.folder),
    ];
    try {
      await playOn(stage, test, production);
    } finally {
      await Promise.all([test.close(), production.close()]);
    }
  },
};

async function playOn(stage: Stage, test: ForeignIndex, production: ForeignIndex): Promise<void> {
  const remote = await emptyRemote(path.join(stage.folder, 'tiny.git'));
  const first = await remote.commit('main', 'main', 'Version 0.9.0', (folder) => layTiny(folder, '0.9.0'));
  await remote.tag('v0.9.0', first);
  const options = {
    folder: path.join(stage.folder, 'world'),
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
  await inWorld(stage, options, async (world) => {
    await stage.check('1.0.0 by way of devpi to pypiserver', () => released(stage, world, remote, '1.0.0'));
    await stage.check('1.1.0 after it, where a candidate has a fault', () =>
      released(stage, world, remote, '1.1.0', 'with a fault'),
    );
    await stage.check('1.2.0 taken back: removed, since nothing can be yanked', () =>
      takenBack(stage, world, remote),
    );
  });
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
        path.join(root, 'rehearsal', 'acceptance', 'remove-from-pypiserver.mjs'),
        '{package}',
        '{version}',
      ],
      secrets: ['REMOVAL_SERVER', 'REMOVAL_CREDENTIALS'],
    },
  };
}

async function released(
  stage: Stage,
  world: World,
  remote: Remote,
  version: string,
  fault?: 'with a fault',
): Promise<string> {
  const branch = `release/${version}`;
  const said = `hello from ${version}`;
  const lay = (from: string) => async (folder: string) =>
    layTiny(folder, await versionOn(remote, from), said);
  await remote.commit(branch, 'main', 'Say more', lay('main'));
  if (fault !== undefined) await remote.commit(branch, branch, 'Read it', (folder) => layFault(folder, said));
  const story = {
    fix: async () => {
      await remote.commit(branch, branch, 'Say it as before', lay(branch));
      return 'it reads nothing that is not shipped';
    },
  };
  const ledger = await release(stage, world, { package: tiny, version, story: fault === undefined ? {} : story });
  expectOutcome(ledger, 'released');
  expectSaid(saidBy(ledger, '04-publish-to-test-index'), 'devpi serves tiny_package-');
  expectSaid(saidBy(ledger, '09-publish-to-production'), `pypiserver serves tiny_package-${version}`);
  expectSaid(saidBy(ledger, '10-verify-production'), `from pypiserver: ${tiny}, unpinned`);
  const asked = ledger.gates.flatMap(({ subject }) => subject.map(({ value }) => value));
  expectSaid(asked, 'pypiserver cannot yank');
  return `candidates ${ledger.candidates.map((each) => each.version ?? '').join(', ')}; every card says that pypiserver cannot yank`;
}

async function takenBack(stage: Stage, world: World, remote: Remote): Promise<string> {
  const before = await remote.tree('main');
  await remote.commit('release/1.2.0', 'main', 'Say it badly', async (folder) =>
    layTiny(folder, await versionOn(remote, 'main'), 'ouch'),
  );
  const story = { problem: 'it says ouch', onProblem: 'yank' } as const;
  const ledger = await release(stage, world, { package: tiny, version: '1.2.0', story });
  expectOutcome(ledger, 'yanked');
  expectSaid(saidBy(ledger, '12-conclude-release'), 'lists no file of tiny-package 1.2.0 any more');
  expectSaid(saidBy(ledger, '12-conclude-release'), 'the last stable version is 1.1.0');
  if ((await remote.tree('main')) !== before) throw new Error('main is not as it was');
  return 'the command removed the files, pypiserver lists none, main is as it was';
}

async function versionOn(remote: Remote, branch: string): Promise<string> {
  const text = (await remote.read(branch, 'src/tiny_package/__init__.py')) ?? '';
  return /__version__ = "(.*)"/.exec(text)?.[1] ?? '';
}
