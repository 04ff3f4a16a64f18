import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildGoPrograms } from './go-programs.mjs';
import { withLock } from './lock.mjs';
import { isAtLeast } from './machine.mjs';
import { cacheFolder, root } from './paths.mjs';
import { isProgram, Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { run } from './run.mjs';

const MODULE = join(root, 'tools', 'temporal-server');
const GO = [1, 26];

/** What is built: the name of a binary by the package that it is built from. */
const binaries = new Map([
  ['go.temporal.io/server/cmd/server', 'temporal-server'],
  ['go.temporal.io/server/cmd/tools/sql', 'temporal-sql-tool'],
]);

/**
 * Why `temporalServer` cannot give an answer here; undefined when it can.
 * @returns {Promise<string | undefined>}
 */
export async function whyNoTemporalServer() {
  if (existsSync(keptFolder())) return undefined;
  const { code, stdout } = await run('go', ['env', 'GOVERSION'], { cwd: MODULE });
  const [, version = ''] = /^go(\S+)/.exec(stdout) ?? [];
  if (code === 0 && isAtLeast(version, GO)) return undefined;
  return `there is no Go ${GO.join('.')} or newer to build the Temporal server with`;
}

/**
 * The folder that holds `temporal-server` and `temporal-sql-tool`, the server that production runs on PostgreSQL and the
 * tool that makes its schema; they are built from the locked Go module when the cache does not have them.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export async function temporalServer({ log }) {
  const kept = keptFolder();
  if (!existsSync(kept)) {
    await withLock(`${kept}.lock`, log, async () => {
      if (!existsSync(kept)) await obtain(kept, log);
    });
  }
  return kept;
}

function keptFolder() {
  return join(cacheFolder(), `temporal-server-${lockedVersion()}`);
}

function lockedVersion() {
  const goMod = readFileSync(join(MODULE, 'go.mod'), 'utf8');
  const [, version] = /\sgo\.temporal\.io\/server v(\S+)/.exec(goMod) ?? [];
  if (version === undefined)
    throw new Error('tools/temporal-server/go.mod requires no version of the Temporal server');
  return version;
}

/**
 * @param {string} kept where the binaries appear, both or neither
 * @param {import('./progress.mjs').Log} log
 */
async function obtain(kept, log) {
  await mkdir(dirname(kept), { recursive: true });
  const workshop = await mkdtemp(`${kept}.new-`);
  try {
    const refusal = await buildGoPrograms(
      MODULE,
      new Map([...binaries].map(([path, name]) => [path, join(workshop, name)])),
      { what: 'the Temporal server for PostgreSQL', ldflags: '-s -w', log },
    );
    if (refusal !== undefined)
      throw new Problem(
        `There is no Temporal server for PostgreSQL, since ${refusal}: ` +
          "check the network and the space in Go's cache, then try again.",
      );
    await rename(workshop, kept);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

if (isProgram(import.meta)) {
  await runProgram(async () => {
    console.log(await stage('Temporal server for PostgreSQL', (log) => temporalServer({ log })));
  });
}
