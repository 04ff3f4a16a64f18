import { appendFile } from 'node:fs/promises';
import path from 'node:path';

import { emptyRemote, type Remote } from '../../rehearsal/world/repository.js';
import type { Ledger } from '../../src/contract/state.js';
import type { Part } from '../part.js';
import { inWorld, Otherwise, partOf, Refused, release, type Stage } from '../releasing.js';
import { writeEntry } from './changelog-entry.js';
import { packages } from './list.js';
import { outcomeOf } from './outcome.js';
import { record } from './page.js';
import type { RealPackage } from './real-package.js';
import { laySdist } from './sdist.js';

/** Real packages from PyPI, each laid into a repository of its own and rehearsed to its end. */
export const realPackages: Part = {
  ...partOf(
    'packages',
    'real packages from PyPI, each laid into a repository and rehearsed',
    Object.fromEntries(packages.map((real) => [real.name, (stage) => play(real, stage)])),
  ),
  record,
};

async function play(real: RealPackage, stage: Stage): Promise<string> {
  const { seen, instead } = outcomeOf(real, await rehearse(real, stage));
  if (instead !== undefined) throw new Otherwise(seen, instead);
  return seen;
}

async function rehearse(real: RealPackage, stage: Stage): Promise<Ledger | Refused> {
  const { base = 'main' } = real;
  const branch = `release/${real.release}`;
  stage.say('lays the files into a repository');
  const remote = await emptyRemote(path.join(stage.folder, 'remote.git'));
  await remote.commit(base, base, real.sdist.filename, (files) => lay(real, files, stage.pythonTools));
  await remote.branch(branch, base);
  const options = {
    package: real.sdist.project,
    repository: remote.address,
    base,
    onForge: true,
    watchSeconds: 1,
  };
  return inWorld(stage, options, async (world) => {
    const story = { fix: async () => pushFix(real, world.remote, { base, branch }) };
    const request = { package: real.sdist.project, version: real.release, story };
    return release(stage, world, request).catch((error: unknown) => {
      if (error instanceof Refused) return error;
      throw error;
    });
  });
}

async function lay(
  { sdist, release: version, writes, changes = [] }: RealPackage,
  folder: string,
  pythonTools: string,
): Promise<void> {
  await laySdist(sdist, folder, pythonTools);
  if (writes !== undefined) await appendFile(path.join(folder, 'pyproject.toml'), `\n${writes}`);
  await writeEntry(folder, version);
  for (const { edit } of changes) await edit(folder);
}

/** The people's one fix; whatever is found after that they cannot mend. */
async function pushFix(
  { fix }: RealPackage,
  remote: Remote,
  { base, branch }: { readonly base: string; readonly branch: string },
): Promise<string | undefined> {
  if (fix === undefined || (await remote.head(branch)) !== (await remote.head(base))) return undefined;
  await remote.commit(branch, branch, fix.what, fix.edit);
  return fix.what;
}
