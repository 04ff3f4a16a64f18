import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { execa } from 'execa';

import { root } from '../tools/paths.mjs';
import { layStage } from './sample.js';
import { emptyRemote, type Remote } from './world/repository.js';
import type { World } from './world/world.js';

/** The sample's name, its last stable version and the one to be released. */
export const sample = {
  package: 'meant-it',
  stable: '0.1.0',
  version: '0.2.0',
  branch: 'release/0.2.0',
} as const;

const stages = path.join(root, 'rehearsal', 'sample');

/** Makes the sample's repository: the stable version tagged on main, the next one on its release branch. */
export async function sampleRemote(address: string, withFault: boolean): Promise<Remote> {
  const remote = await emptyRemote(address);
  const stable = await remote.commit('main', 'main', 'meant-it 0.1.0', (folder) =>
    layStage(stages, 'stable', folder),
  );
  await remote.tag(`v${sample.stable}`, stable);
  await remote.commit(sample.branch, 'main', 'Judge meanings, also with Anthropic', async (folder) => {
    await layStage(stages, 'release', folder);
    if (!withFault) await layStage(stages, 'fix', folder);
  });
  return remote;
}

/** Commits the fix of the sample's fault to the release branch, as a person would. */
export async function pushFix(remote: Remote): Promise<string> {
  await remote.commit(sample.branch, sample.branch, 'Ship every prompt in the wheel', (folder) =>
    layStage(stages, 'fix', folder),
  );
  return 'every prompt is shipped in the wheel';
}

/** Puts the stable version on the production stand-in, as its release did at the time: built and uploaded by the real tools. */
export async function publishStable(world: World, pythonTools: string): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-stable-'));
  const bin = (name: string) => path.join(pythonTools, name);
  const env = {
    PIP_INDEX_URL: world.production.simpleUrl,
    UV_DEFAULT_INDEX: world.production.simpleUrl,
    PATH: `${pythonTools}:${process.env.PATH ?? ''}`,
  };
  try {
    await layStage(stages, 'stable', folder);
    await execa(bin('pyproject-build'), ['--installer', 'uv', '--outdir', 'dist', '.'], { cwd: folder, env });
    const files = ['dist/meant_it-0.1.0-py3-none-any.whl', 'dist/meant_it-0.1.0.tar.gz'];
    await execa(
      bin('twine'),
      ['--no-color', 'upload', '--repository-url', world.production.uploadUrl, ...files],
      {
        cwd: folder,
        env: {
          TWINE_USERNAME: '__token__',
          TWINE_PASSWORD: world.secrets.PRODUCTION_INDEX_TOKEN ?? '',
          TWINE_NON_INTERACTIVE: '1',
        },
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
