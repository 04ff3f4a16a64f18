import { mkdir, statfs } from 'node:fs/promises';

import { fail, pass, type Precondition } from '../../contract/preconditions.js';
import { lockedRequirements, readTools } from '../support/scripts.js';
import type { Workbench } from '../support/workbench.js';

/** What an environment for a package with many dependencies takes, and the files of its release beside it, in bytes. */
const leastSpace = 2 * 1024 ** 3;

/** Whether the Python tools are those that the service was tested with. */
export async function toolPreconditions(bench: Workbench): Promise<Precondition[]> {
  const { python, versions } = await readTools(bench);
  const others = await Promise.all(
    Object.entries(versions).map(async ([name, version]) => {
      const locked = await lockedRequirements(name);
      const isLocked = locked.some((line) => line.split(' ')[0] === `${name}==${version}`);
      return isLocked ? [] : [`${name} ${version} where ${locked.join(' or ') || 'none'} is locked`];
    }),
  );
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const said = `The Python tools are ${listed.join(', ')} on Python ${python}`;
  if (others.flat().length === 0) return [pass('machine', `${said}, as they are locked`)];
  return [
    fail(
      'machine',
      `Not the locked Python tools: ${others.flat().join(', ')}`,
      'run `npm run setup`, and restart the worker.',
    ),
  ];
}

/** Whether the folders that releases fill have room. */
export async function spacePreconditions({ settings }: Workbench): Promise<Precondition[]> {
  const folders = { state: settings.state, cache: settings.cache };
  const found = Object.entries(folders).map(async ([key, folder]) => {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    const said = `${inGiB(bavail * bsize)} are free in the folder ${key}, ${folder}`;
    return bavail * bsize >= leastSpace
      ? pass('machine', said)
      : fail(
          'machine',
          `Only ${said}`,
          `make room for ${inGiB(leastSpace)} there, or name another folder as ${key} in slipway.toml.`,
        );
  });
  return Promise.all(found);
}

function inGiB(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
