import path from 'node:path';

import { emptyRemote, type Remote } from '../rehearsal/world/repository.js';
import type { World } from '../rehearsal/world/world.js';
import {
  expectOutcome,
  expectSaid,
  expectSame,
  inWorld,
  partOf,
  release,
  saidBy,
  type Stage,
} from './releasing.js';
import { layTiny, publishTiny, tiny, versionOn } from './tiny.js';

/** A pre-release, a post-release, and a fix of an older line while a newer one is out. */
export const lines = partOf('lines', '2.0.0rc1; 1.4.6.post1 and 1.4.7 while 2.0.0 is the newest', {
  '2.0.0rc1': (stage) => playLines(stage, 'alone', releaseCandidate),
  '1.4.6.post1': (stage) => playLines(stage, 'beside 2.0.0', ofOldLine('1.4.6.post1')),
  '1.4.7': (stage) => playLines(stage, 'beside 2.0.0', ofOldLine('1.4.7')),
  '1.4.7-yanked': (stage) => playLines(stage, 'beside 2.0.0', takenBack),
});

/** Opens a world in which 1.4.6 is published from main, or from 1.4.x while main holds 2.0.0, which is published too. */
async function playLines(
  stage: Stage,
  line: 'alone' | 'beside 2.0.0',
  body: (stage: Stage, world: World, remote: Remote) => Promise<string>,
): Promise<string> {
  const remote = await emptyRemote(path.join(stage.folder, 'tiny.git'));
  const settings = { repository: remote.address, lines: { '1.4': '1.4.x' }, codecov: 'none' };
  const options = {
    package: tiny,
    repository: remote.address,
    watchSeconds: 2,
    settings: { packages: { [tiny]: settings } },
  };
  return inWorld(stage, options, async (world) => {
    const publish = async (version: string) => {
      stage.say(`publishes ${version}, as it was at the time`);
      const commit = await remote.commit('main', 'main', `Version ${version}`, (folder) =>
        layTiny(folder, version),
      );
      await remote.tag(`v${version}`, commit);
      await publishTiny(world, stage.pythonTools, path.join(stage.folder, version), version);
    };
    await publish('1.4.6');
    if (line === 'beside 2.0.0') {
      await publish('2.0.0');
      await remote.branch('1.4.x', 'v1.4.6');
    }
    return body(stage, world, remote);
  });
}

async function releaseCandidate(stage: Stage, world: World, remote: Remote): Promise<string> {
  await remote.commit('release/2.0.0rc1', 'main', 'Say more', (folder) =>
    layTiny(folder, '1.4.6', 'hello, 2'),
  );
  const ledger = await release(stage, world, { package: tiny, version: '2.0.0rc1' });
  expectOutcome(ledger, 'released');
  expectSame('the candidate', ledger.candidates.at(-1)?.version, '2.0.0rc1.dev0');
  expectSaid(saidBy(ledger, '10-verify-production'), `${tiny}>=2.0.0rc1, unpinned`);
  expectSame('the version on main', await versionOn(remote, 'main'), '2.0.0rc1');
  return `released into main; pip took it for ${tiny}>=2.0.0rc1`;
}

function ofOldLine(version: string) {
  return async (stage: Stage, world: World, remote: Remote): Promise<string> => {
    const main = await remote.head('main');
    await remote.commit(`release/${version}`, '1.4.x', 'Mend', (folder) =>
      layTiny(folder, '1.4.6', 'hello!'),
    );
    const ledger = await release(stage, world, { package: tiny, version });
    expectOutcome(ledger, 'released');
    expectSaid(saidBy(ledger, '10-verify-production'), `${tiny}<2.0.0, unpinned`);
    expectSame('main', await remote.head('main'), main);
    expectSame('the version on 1.4.x', await versionOn(remote, '1.4.x'), version);
    return `released into 1.4.x; pip took it for ${tiny}<2.0.0; main was not touched`;
  };
}

async function takenBack(stage: Stage, world: World, remote: Remote): Promise<string> {
  const before = { main: await remote.head('main'), line: await remote.tree('1.4.x') };
  await remote.commit('release/1.4.7', '1.4.x', 'Mend badly', (folder) => layTiny(folder, '1.4.6', 'ouch'));
  const story = { problem: 'it says ouch', onProblem: 'yank' } as const;
  const ledger = await release(stage, world, { package: tiny, version: '1.4.7', story });
  expectOutcome(ledger, 'yanked');
  expectSaid(saidBy(ledger, '12-conclude-release'), 'the last stable version is 1.4.6');
  expectSame('1.4.x', await remote.tree('1.4.x'), before.line);
  expectSame('main', await remote.head('main'), before.main);
  return 'yanked; 1.4.x holds the tree of 1.4.6 again, its last stable version; main was not touched';
}
