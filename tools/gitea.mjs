import { chmod, cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keptPrograms, lockedVersion, moduleFolder, whyNotKept } from './kept-programs.mjs';
import { isProgram, Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { lastWords, run } from './run.mjs';

const SOURCE = { name: 'gitea', source: 'code.gitea.io/gitea' };

/** @type {import('./kept-programs.mjs').Programs} */
const programs = {
  ...SOURCE,
  what: 'Gitea',
  binaries: new Map([[SOURCE.source, 'gitea']]),
  build: {
    ldflags: `-s -w -X main.Version=${lockedVersion(SOURCE)}`,
    tags: 'sqlite sqlite_unlock_notify',
    cgo: true,
  },
  furnish: copyTexts,
};

/** Why `gitea` cannot give an answer here; undefined when it can. */
export function whyNoGitea() {
  return whyNotKept(programs);
}

/**
 * The folder that holds `gitea` and the texts that it reads while it runs; built from the locked Go module when the cache
 * does not have it.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export function gitea({ log }) {
  return keptPrograms(programs, { log });
}

/**
 * Copies what Gitea reads while it runs out of Go's cache, where it could be cleaned away and cannot be changed.
 * @param {string} folder
 */
async function copyTexts(folder) {
  const listed = await run('go', ['list', '-m', '-f', '{{.Dir}}', SOURCE.source], {
    cwd: moduleFolder(programs),
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
  });
  if (listed.code !== 0) throw new Problem(`Go does not tell where it keeps Gitea: ${lastWords(listed)}`);
  for (const name of ['options', 'public', 'templates']) {
    const copied = join(folder, name);
    await cp(join(listed.stdout.trim(), name), copied, { recursive: true });
    // Nobody may write in Go's cache, and so nobody but root could remove the copies of its folders.
    const entries = await readdir(copied, { recursive: true, withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    await Promise.all(
      [copied, ...folders.map((entry) => join(entry.parentPath, entry.name))].map((it) => chmod(it, 0o755)),
    );
  }
}

if (isProgram(import.meta)) {
  await runProgram(async () => {
    console.log(await stage('Gitea', (log) => gitea({ log })));
  });
}
