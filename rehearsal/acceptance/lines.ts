import path from 'node:path';

import { emptyRemote, type Remote } from '../world/repository.js';
import type { World } from '../world/world.js';
import {
  expectOutcome,
  expectSaid,
  expectSame,
  inWorld,
  release,
  saidBy,
  type Part,
  type Stage,
} from './part.js';
import { layTiny, publishTiny, tiny } from './tiny.js';

/** A pre-release, a post-release, and a fix of an older line while a newer one is out. */
export const lines: Part = {
  name: 'lines',
  about: 'lines of versions: 2.0.0rc1 on main, 1.4.6.post1 and 1.4.7 on 1.4.x while 2.0.0 is the newest',
  async run(stage) {
    const remote = await emptyRemote(path.join(stage.folder, 'tiny.git'));
    const first = await remote.commit('main', 'main', 'Version 1.4.6', (folder) => layTiny(folder, '1.4.6'));
    await remote.tag('v1.4.6', first);
    const options = {
      folder: path.join(stage.folder, 'world'),
      package: tiny,
      repository: remote.address,
      watchSeconds: 2,
      settings: { packages: { [tiny]: { repository: remote.address, lines: { '1.4': '1.4.x' } } } },
    };
    await inWorld(stage, options, async (world) => {
      stage.say('publishes 1.4.6, as it was at the time');
      await publishTiny(world, stage.pythonTools, path.join(stage.folder, '1.4.6'), '1.4.6');
      await stage.check('2.0.0rc1 into main, while 1.4.6 is the last stable', () =>
        releaseCandidate(stage, world, remote),
      );
      stage.say('publishes 2.0.0, and makes the branch 1.4.x');
      const second = await remote.commit('main', 'main', 'Version 2.0.0', (folder) =>
        layTiny(folder, '2.0.0'),
      );
      await remote.tag('v2.0.0', second);
      await publishTiny(world, stage.pythonTools, path.join(stage.folder, '2.0.0'), '2.0.0');
      await remote.branch('1.4.x', 'v1.4.6');
      await stage.check('1.4.6.post1 into 1.4.x, while 2.0.0 is the newest', () =>
        releaseOfOldLine(stage, world, remote, '1.4.6.post1'),
      );
      await stage.check('1.4.7 into 1.4.x, while 2.0.0 is the newest', () =>
        releaseOfOldLine(stage, world, remote, '1.4.7'),
      );
      await stage.check('1.4.8 into 1.4.x, yanked: 1.4.7 is its last stable, and main stays', () =>
        takeBack(stage, world, remote),
      );
    });
  },
};

async function releaseCandidate(stage: Stage, world: World, remote: Remote): Promise<string> {
  await remote.commit('release/2.0.0rc1', 'main', 'Say more', (folder) =>
    layTiny(folder, '1.4.6', 'hello, 2'),
  );
  const ledger = await release(stage, world, { package: tiny, version: '2.0.0rc1' });
  expectOutcome(ledger, 'released');
  expectSame('the candidate', ledger.candidates.at(-1)?.version, '2.0.0rc1.dev0');
  expectSaid(saidBy(ledger, '10-verify-production'), `${tiny}>=2.0.0rc1, unpinned`);
  expectSame('main', await remote.read('main', 'src/tiny_package/__init__.py'), init('2.0.0rc1'));
  return `pip took it for ${tiny}>=2.0.0rc1`;
}

async function releaseOfOldLine(
  stage: Stage,
  world: World,
  remote: Remote,
  version: string,
): Promise<string> {
  const before = { main: await remote.head('main'), line: await remote.tree('1.4.x') };
  await remote.commit(`release/${version}`, '1.4.x', 'Mend', async (folder) => {
    const [now = ''] =
      /(?<=__version__ = ").*(?=")/.exec(
        (await remote.read('1.4.x', 'src/tiny_package/__init__.py')) ?? '',
      ) ?? [];
    await layTiny(folder, now, `hello from ${version}`);
  });
  const ledger = await release(stage, world, { package: tiny, version });
  expectOutcome(ledger, 'released');
  expectSaid(saidBy(ledger, '10-verify-production'), `${tiny}<2.0.0, unpinned`);
  expectSame('main', await remote.head('main'), before.main);
  expectSame('1.4.x', await remote.read('1.4.x', 'src/tiny_package/__init__.py'), init(version));
  return `pip took it for ${tiny}<2.0.0; 1.4.x holds it, main was not touched`;
}

async function takeBack(stage: Stage, world: World, remote: Remote): Promise<string> {
  const before = { main: await remote.head('main'), line: await remote.tree('1.4.x') };
  await remote.commit('release/1.4.8', '1.4.x', 'Mend badly', (folder) => layTiny(folder, '1.4.7', 'ouch'));
  const story = { problem: 'it says ouch', onProblem: 'yank' } as const;
  const ledger = await release(stage, world, { package: tiny, version: '1.4.8', story });
  expectOutcome(ledger, 'yanked');
  expectSaid(saidBy(ledger, '12-conclude-release'), 'the last stable version is 1.4.7');
  expectSame('1.4.x', await remote.tree('1.4.x'), before.line);
  expectSame('main', await remote.head('main'), before.main);
  return '1.4.x holds the tree of 1.4.7 again, main was not touched';
}

function init(version: string): string {
  return `"""A tiny package."""\n\n__version__ = "${version}"`;
}
