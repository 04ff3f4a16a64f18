import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildGoPrograms } from './go-programs.mjs';
import { withLock } from './lock.mjs';
import { isAtLeast } from './machine.mjs';
import { cacheFolder, root } from './paths.mjs';
import { isProgram, Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { run } from './run.mjs';

const LEAST = [1, 8];
const STALL_MS = 30_000;
const MODULE = join(root, 'tools', 'temporal');
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';

/**
 * The path of a Temporal binary: `$SLIPWAY_TEMPORAL`, a new enough `temporal` on PATH, the one in the cache, or else one
 * that is put into the cache by the SDK's own download or, where that is not to be reached, by `go build`.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export async function temporalBinary({ log }) {
  const { SLIPWAY_TEMPORAL: wanted } = process.env;
  if (wanted) {
    if (isNewEnough(await temporalVersion(wanted))) return wanted;
    throw new Problem(
      `SLIPWAY_TEMPORAL is ${wanted}, which is no Temporal CLI ${LEAST.join('.')} or newer: correct it or unset it.`,
    );
  }
  if (isNewEnough(await temporalVersion('temporal'))) return 'temporal';

  const version = lockedVersion();
  const kept = join(cacheFolder(), `temporal-${version}`, 'temporal');
  if (!existsSync(kept)) {
    await withLock(`${dirname(kept)}.lock`, log, async () => {
      if (!existsSync(kept)) await obtain(version, kept, log);
    });
  }
  return kept;
}

/**
 * The version of a Temporal binary, as in `1.8.2`; undefined when it does not run.
 * @param {string} binary
 */
export async function temporalVersion(binary) {
  const { stdout } = await run(binary, ['--version']);
  return /^temporal version (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
}

/** @param {string | undefined} version */
function isNewEnough(version) {
  return version !== undefined && isAtLeast(version, LEAST);
}

function lockedVersion() {
  const [, version] = /temporalio\/cli v(\S+)/.exec(readFileSync(join(MODULE, 'go.mod'), 'utf8')) ?? [];
  if (version === undefined) throw new Error('tools/temporal/go.mod requires no version of the Temporal CLI');
  return version;
}

/**
 * @param {string} version
 * @param {string} kept where the binary appears, whole or not at all
 * @param {import('./progress.mjs').Log} log
 */
async function obtain(version, kept, log) {
  await mkdir(dirname(kept), { recursive: true });
  const workshop = await mkdtemp(join(dirname(kept), 'new-'));
  try {
    const made = join(workshop, 'temporal');
    const refusals = [];
    for (const way of [download, build]) {
      const refusal = await way(version, made, log);
      if (refusal === undefined) return await rename(made, kept);
      refusals.push(refusal);
    }
    throw new Problem(
      `There is no Temporal server to start: no \`temporal\` ${LEAST.join('.')} or newer is on PATH, ` +
        `${refusals.join(', and ')}. Install the Temporal CLI, or Go 1.26, or set SLIPWAY_TEMPORAL to a binary's path; ` +
        'then try again.',
    );
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/**
 * Lets the SDK download the binary, in a process of its own that is ended when nothing arrives.
 * @param {string} version
 * @param {string} made
 * @param {import('./progress.mjs').Log} log
 * @returns {Promise<string | undefined>} why it could not be had
 */
async function download(version, made, log) {
  const folder = dirname(made);
  log(`asks for the official download of Temporal CLI ${version}`);
  const abort = new AbortController();
  let arrived = 0;
  let lastArrival = Date.now();
  const watch = setInterval(() => {
    void sizeOf(folder).then((bytes) => {
      if (bytes > arrived) [arrived, lastArrival] = [bytes, Date.now()];
      if (bytes > 0) log(`downloads Temporal CLI ${version}, ${(bytes / 1e6).toFixed(0)} MB unpacked`);
      if (Date.now() - lastArrival > STALL_MS) abort.abort();
    });
  }, 500);
  const downloader = join(root, 'tools', 'download-temporal.mjs');
  const { code } = await run(process.execPath, [downloader, version, folder], { signal: abort.signal });
  clearInterval(watch);
  if (code !== 0) return 'the official download did not answer';
  await rename(join(folder, `temporal-v${version}`), made);
  return undefined;
}

/** @param {string} folder */
async function sizeOf(folder) {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (it) => it.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Builds the binary from the locked Go module.
 * @param {string} version
 * @param {string} made
 * @param {import('./progress.mjs').Log} log
 * @returns {Promise<string | undefined>} why it could not be had
 */
function build(version, made, log) {
  const what = `Temporal CLI ${version}`;
  const ldflags = `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${version}`;
  return buildGoPrograms(MODULE, new Map([[PACKAGE, made]]), { what, build: { ldflags }, log });
}

if (isProgram(import.meta)) {
  await runProgram(async () => {
    console.log(await stage('Temporal server', (log) => temporalBinary({ log })));
  });
}
