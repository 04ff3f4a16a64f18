import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { cacheFolder } from './paths.mjs';
import { Problem } from './problem.mjs';
import { lastWords, run } from './run.mjs';

/**
 * The folder of an npm package that only some tests need, kept in the user's cache folder.
 * @param {string} name of the package
 * @param {string} version exact, or the newest of a range
 * @param {{ as: string, log: import('./progress.mjs').Log, furnish?: (folder: string) => Promise<void> }} options `as`
 *   names the folder in the cache; `furnish` makes ready what lies in the package, once
 */
export async function keptPackage(name, version, { as, log, furnish }) {
  const kept = join(cacheFolder(), as);
  const folder = join(kept, 'node_modules', name);
  const finished = join(kept, 'finished');
  if (existsSync(finished)) return folder;
  await withLock(`${kept}.lock`, log, async () => {
    if (existsSync(finished)) return;
    log(`npm install ${name}@${version}`);
    await rm(kept, { recursive: true, force: true });
    await mkdir(kept, { recursive: true });
    const options = ['--prefix', kept, '--no-save', '--no-package-lock', '--ignore-scripts'];
    const installed = await run('npm', ['install', ...options, `${name}@${version}`], { cwd: kept });
    if (installed.code !== 0)
      throw new Problem(
        `npm could not install ${name}@${version}: check that there is such a version and that npm reaches its registry.\n${lastWords(installed)}`,
      );
    await furnish?.(folder);
    await writeFile(finished, '');
  });
  return folder;
}
