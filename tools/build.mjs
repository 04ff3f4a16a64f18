import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { withLock } from './lock.mjs';
import { checkoutLock, root } from './paths.mjs';
import { isProgram, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { bundleWorkflows } from './workflow-bundle.mjs';

/** The programs of this checkout; each becomes a file of the same name and place below `dist`. */
export const programs = [
  'src/client.ts',
  'src/worker.ts',
  'src/up.ts',
  'src/direct.ts',
  'src/notify.ts',
  'rehearsal/demo.ts',
  'rehearsal/rehearse.ts',
  'acceptance/run.ts',
];

const dist = join(root, 'dist');
const stamp = join(dist, 'inputs.sha256');

/** Whether `dist` was built from the sources as they are now. */
export function isBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashInputs();
}

/**
 * Builds the programs and the workflow bundle into `dist`, unless nothing has changed since they were.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export async function build({ log }) {
  if (isBuilt()) return;
  await withLock(checkoutLock(), log, async () => {
    if (!isBuilt()) await buildAll(log);
  });
}

/** @param {import('./progress.mjs').Log} log */
async function buildAll(log) {
  const inputs = hashInputs();
  log('bundles the programs');
  const files = await buildPrograms();
  log('bundles the workflows');
  files.set(join(dist, 'workflow-bundle.js'), await bundleWorkflows());

  await rm(stamp, { force: true });
  for (const [path, content] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  await removeOthers(files);
  await writeFile(stamp, inputs);
}

/** @returns {Promise<Map<string, string | Uint8Array>>} contents by path */
async function buildPrograms() {
  // Loaded late: the packages may not be installed when this module is.
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: programs,
    outbase: '.',
    outdir: 'dist',
    bundle: true,
    splitting: true,
    packages: 'external',
    plugins: [toolsStayInPlace],
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    sourcemap: true,
    write: false,
    logLevel: 'warning',
  });
  return new Map(outputFiles.map(({ path, contents }) => [path, contents]));
}

/**
 * The set-up's modules know their place in the checkout, so programs import them from there. Each file of a build lies
 * in a folder of `dist`, which makes the way back the same for all.
 * @type {import('esbuild').Plugin}
 */
const toolsStayInPlace = {
  name: 'tools-stay-in-place',
  setup(bundler) {
    bundler.onResolve({ filter: /\/tools\/[^/]+\.mjs$/ }, ({ path }) => ({
      path: `../../tools/${basename(path)}`,
      external: true,
    }));
  },
};

/** @param {Map<string, unknown>} files */
async function removeOthers(files) {
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(path)) await rm(path);
  }
}

function hashInputs() {
  const hash = createHash('sha256');
  for (const path of inputPaths()) {
    const content = readFileSync(path);
    hash.update(`${relative(root, path)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function inputPaths() {
  const sources = ['src', 'rehearsal', 'acceptance']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const settings = ['package-lock.json', 'tsconfig.json', 'tools/build.mjs', 'tools/workflow-bundle.mjs'];
  return [...sources.sort(), ...settings.map((name) => join(root, name))];
}

if (isProgram(import.meta)) {
  await runProgram(async () => {
    await stage('Programs', (log) => build({ log }));
  });
}
