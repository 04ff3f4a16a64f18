import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endCarriers } from './carriers.mjs';
import { inLines, isAllWell, killPoints, readResults, summarise } from './chaos-results.mjs';
import { cacheFolder, root } from './paths.mjs';
import { Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { testsOfRows } from './rows.mjs';
import { lastWords, run } from './run.mjs';

const usage = `npm run chaos -- [rows] [simulation] [kill-points] [--minutes N]
                 [--fresh] [--record] [--plan <file>]

Plays every fault of the matrix, thousands of simulated releases and every kill
point of a real one, and says what survived. What was interrupted goes on where
it was, as long as no file of the checkout has changed.

  --minutes  how long kill points may take; 40 by default
  --fresh    forgets what is known of this checkout
  --record   writes what came of it where the docs show it
  --plan     plays one release again, killed at the points of that file`;

/** @typedef {'rows' | 'simulation' | 'kill-points'} Part */

/** What everything that is started here carries, so that nothing of it is left when it was interrupted or got stuck. */
const variable = 'SLIPWAY_CHAOS_RUN';
const mark = randomUUID();

/** @type {readonly Part[]} */
const parts = ['rows', 'simulation', 'kill-points'];
const simulations = 'test/chaos/simulation';
/** Most tests wait for a server or for people for most of their time. */
const workers = ['--maxWorkers', '3'];
const titles = { rows: 'Rows', simulation: 'Simulation', 'kill-points': 'Kill points' };

await runProgram(async () => {
  const { values, positionals } = given();
  if (values.help) return void console.log(usage);
  const folder = join(cacheFolder(), 'chaos', await nameOfCheckout());
  if (values.fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const env = { SLIPWAY_CHAOS_MINUTES: values.minutes, ...(values.plan && { SLIPWAY_PLAN: values.plan }) };
  const chosen = values.plan ? ['kill-points'] : chosenParts(positionals);
  const interrupted = interruption();
  for (const part of parts.filter((name) => chosen.includes(name)))
    await play(part, folder, env, interrupted);
  const summary = summarise(folder);
  const lines = inLines(summary);
  console.log(lines.join('\n'));
  if (values.record)
    writeFileSync(
      join(root, 'test', 'chaos', 'results.json'),
      `${JSON.stringify({ lines, ...summary }, null, 2)}\n`,
    );
  const why = interrupted.aborted ? 'It was interrupted' : `What did not hold is in ${folder}`;
  if (interrupted.aborted || !isAllWell(summary))
    throw new Problem(`${why}; the same command goes on with what is left.`);
});

/** @param {readonly string[]} names as they were typed; without any it is all parts */
function chosenParts(names) {
  const unknown = names.filter((word) => !parts.some((part) => part === word));
  if (unknown.length > 0) throw new Problem(`There is no part ${unknown.join(', ')}.\n\n${usage}`);
  return names.length > 0 ? names : parts;
}

/** Told when somebody ends this: what came until then is said all the same. */
function interruption() {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupted.abort());
  return interrupted.signal;
}

/** What was typed; what cannot be is a problem with the usage. */
function given() {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        minutes: { type: 'string', default: '40' },
        plan: { type: 'string' },
        ...{ fresh: flag, record: flag, help: flag },
      },
    });
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** Two checkouts with the same name have the same files, so that what is known of one holds for the other. */
async function nameOfCheckout() {
  const hash = createHash('sha256');
  for (const args of [
    ['rev-parse', 'HEAD'],
    ['diff', 'HEAD'],
    ['ls-files', '--others', '--exclude-standard'],
  ]) {
    const { code, stdout } = await run('git', args, { cwd: root });
    if (code !== 0) throw new Problem('git does not answer here: run this in a checkout.');
    hash.update(stdout);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Runs the tests of a part that have not passed yet, one line of progress all the while.
 * @param {Part} part
 * @param {string} folder
 * @param {Record<string, string>} env
 * @param {AbortSignal} signal
 */
async function play(part, folder, env, signal) {
  const file = join(folder, `${part}.jsonl`);
  const { files, pattern } = testsOf(part);
  const before = readResults(file);
  const size = existsSync(file) ? statSync(file).size : 0;
  const left = files.filter((name) => !isDone(name, before));
  if (signal.aborted || (left.length === 0 && env.SLIPWAY_PLAN === undefined)) return;
  await stage(titles[part], async (log) => {
    const tick = setInterval(() => log(progressOf(part, folder)), 1000);
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const ended = await run(process.execPath, [vitest, 'run', ...workers, ...left, ...pattern], {
      cwd: root,
      signal,
      env: {
        ...process.env,
        ...env,
        [variable]: mark,
        ...{ NO_COLOR: '1', SLIPWAY_CHAOS: 'whole', SLIPWAY_CHAOS_FOLDER: folder, SLIPWAY_RESULTS: file },
      },
    });
    clearInterval(tick);
    await endCarriers(variable, (carried) => carried === mark);
    if (signal.aborted) return;
    writeFileSync(join(folder, `${part}.log`), ended.stdout + ended.stderr);
    if (!existsSync(file) || statSync(file).size === size)
      throw new Problem(`No test was run:\n${lastWords(ended)}`);
  });
}

/** @param {Part} part @returns {{ files: string[], pattern: string[] }} */
function testsOf(part) {
  if (part === 'simulation') return { files: [simulations], pattern: [] };
  if (part === 'kill-points') return { files: ['test/chaos/kill-points.chaos.ts'], pattern: [] };
  const files = testsOfRows().map(({ file }) => file);
  return {
    files: [...new Set(files.filter((file) => !file.startsWith(simulations)))],
    pattern: ['-t', '\\brow \\d+: '],
  };
}

/** @param {string} place a file or a folder of tests @param {readonly import('./chaos-results.mjs').Result[]} results */
function isDone(place, results) {
  const own = results.filter(({ file }) => file.startsWith(place));
  const wanted = testsOfRows().filter(({ file }) => file === place).length;
  return own.length > 0 && own.length >= wanted && own.every(({ state }) => state !== 'failed');
}

/** @param {Part} part @param {string} folder */
function progressOf(part, folder) {
  if (part === 'kill-points') {
    const { tried, survived, all } = killPoints(folder);
    return `${survived} survived of ${tried} tried, of ${all === 0 ? 'those that are being recorded' : all}`;
  }
  const results = readResults(join(folder, `${part}.jsonl`));
  const failed = results.filter(({ state }) => state === 'failed').length;
  const last = results.at(-1)?.title.split(' > ').at(-1) ?? '';
  return `${results.length - failed} held, ${failed} did not; ${last}`;
}
