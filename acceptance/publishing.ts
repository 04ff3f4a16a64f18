import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { publishPath, publishWorkflow } from '../src/config/publish-workflow.js';
import { emptyRemote } from '../rehearsal/world/repository.js';
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
import { layTiny, tiny, versionOn } from './tiny.js';

/** Another way to bring the files to the production index. */
export const publishing = partOf('publishing', 'a trusted publisher: no token for production anywhere', {
  trusted: playTrusted,
});

async function playTrusted(stage: Stage): Promise<string> {
  const remote = await emptyRemote(path.join(stage.folder, 'tiny.git'));
  await remote.commit('main', 'main', 'Begin, with the workflow of `slipway init`', async (folder) => {
    await layTiny(folder, '1.0.0');
    await mkdir(path.dirname(path.join(folder, publishPath)), { recursive: true });
    await writeFile(path.join(folder, publishPath), publishWorkflow);
  });
  await remote.commit('release/1.1.0', 'main', 'Say more', (folder) =>
    layTiny(folder, '1.0.0', 'hello, hello'),
  );
  const options = {
    package: tiny,
    repository: remote.address,
    onForge: true,
    trusted: true,
    watchSeconds: 2,
  };
  return inWorld(stage, options, async (world) => {
    const { forge } = world;
    const ledger = await release(stage, world, {
      package: tiny,
      version: '1.1.0',
      story: { approve: async (by, head) => forge?.approve(by, head) },
    });
    expectOutcome(ledger, 'released');
    const published = saidBy(ledger, '09-publish-to-production');
    expectSaid(published, 'uploaded without a token by');
    expectSaid(published, 'with provenance');
    expectSame(
      'the secrets for production',
      Object.keys(world.secrets).filter((name) => name.startsWith('PRODUCTION')),
      [],
    );
    expectSame('the version on main', await versionOn(world.remote, 'main'), '1.1.0');
    return 'released by a workflow of its repository; each file stands there with its provenance, and no token was anywhere';
  });
}
