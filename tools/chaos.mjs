import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endCarriers } from './carriers.mjs';
import { cacheFolder, root } from './paths.mjs';
import { Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { matrix, testsOfRows } from './rows.mjs';
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

/** @typedef {{ file: string, title: string, state: 'passed' | 'failed' | 'skipped', seconds: number, said: string[], note?: string, error?: string }} Result */
/** @typedef {'rows' | 'simulation' | 'kill-points'} Part */

/** What everything that is started here carries, so that nothing of it is left when it was interrupted or got stuck. */
const variable = 'SLIPWAY_CHAOS_RUN';
const mark = randomUUID();

/** @type {readonly Part[]} */
const parts = ['rows', 'simulation', 'kill-points'];
const simulations = 'test/chaos/simulation';
/** Most tests wait for a server or for people for most of their time. */
const workers = ['--maxWorkers', '3'];
/** The row that the simulation plays, whose seeds are told there. */
const simulatedRow = 53;
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

/** The last result of each test. @param {string} file @returns {Result[]} */
function readResults(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  /** @type {Result[]} */
  const results = JSON.parse(`[${lines.join(',')}]`);
  return [...new Map(results.map((result) => [`${result.file} ${result.title}`, result])).values()];
}

/** @param {string} place a file or a folder of tests @param {readonly Result[]} results */
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

/** @param {string} folder */
function killPoints(folder) {
  const place = join(folder, 'kill-points');
  const tried = existsSync(join(place, 'tried.jsonl'))
    ? readFileSync(join(place, 'tried.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.endsWith('}'))
    : [];
  /** @type {{ point: string, survived: boolean }[]} */
  const points = JSON.parse(`[${tried.join(',')}]`);
  /** @type {unknown[]} */
  const all = existsSync(join(place, 'points.json'))
    ? JSON.parse(readFileSync(join(place, 'points.json'), 'utf8'))
    : [];
  return {
    all: all.length,
    tried: points.length,
    survived: points.filter(({ survived }) => survived).length,
  };
}

/**
 * What came of everything, as far as it was played.
 * @typedef {{ row: number, state: 'held' | 'did not hold' | 'not played', tests: number, seconds: number, said: string[], why?: string }} RowOutcome
 * @typedef {{ rows: RowOutcome[], killPoints: { all: number, tried: number, survived: number }, simulation: { file: string, title: string, state: string, said: string[] }[] }} Summary
 * @param {string} folder
 * @returns {Summary}
 */
function summarise(folder) {
  const simulated = readResults(join(folder, 'simulation.jsonl'));
  const results = [...readResults(join(folder, 'rows.jsonl')), ...simulated];
  const rows = matrix.map(({ row }) => outcomeOf(row, results));
  const simulation = simulated.map(({ file, title, state, said }) => ({ file, title, state, said }));
  return { rows, killPoints: killPoints(folder), simulation };
}

/** @param {number} row @param {readonly Result[]} results @returns {RowOutcome} */
function outcomeOf(row, results) {
  const own = results.filter(({ title }) => title.includes(`row ${row}: `));
  const passed = own.filter(({ state }) => state === 'passed');
  const failed = own.find(({ state }) => state === 'failed');
  const seconds = Math.round(own.reduce((sum, result) => sum + result.seconds, 0));
  const said = own.flatMap((result) => result.said);
  if (failed !== undefined)
    return { row, state: 'did not hold', tests: own.length, seconds, said, why: firstLine(failed.error) };
  if (passed.length > 0) return { row, state: 'held', tests: passed.length, seconds, said };
  return { row, state: 'not played', tests: own.length, seconds, said, why: firstLine(own[0]?.note) };
}

/** @param {string} [text] */
function firstLine(text = 'nothing came to it yet') {
  return text.split('\n', 1)[0] ?? '';
}

/** @param {Summary} summary */
function inLines({ rows, killPoints: { all, tried, survived }, simulation }) {
  const held = rows.filter(({ state }) => state === 'held').length;
  const simulated = simulation.filter(({ state }) => state === 'passed').length;
  return [
    `rows         ${held} of ${rows.length} held`,
    ...rows
      .filter(({ state }) => state !== 'held')
      .map(({ row, state, why }) => `  row ${row} ${state}: ${why}`),
    ...rows
      .filter(({ row, said }) => row !== simulatedRow && said.length > 0)
      .map(({ row, said }) => `  row ${row}: ${said.join('; ')}`),
    `simulation   ${simulated} of ${simulation.length} properties held`,
    ...simulation.flatMap(({ said }) => said.map((line) => `  ${line}`)),
    ...simulation.filter(({ state }) => state === 'failed').map(({ title }) => `  did not hold: ${title}`),
    `kill points  ${survived} survived of ${tried} tried, of ${all}`,
  ];
}

/** @param {Summary} summary */
function isAllWell({ rows, killPoints: { all, tried, survived }, simulation }) {
  return (
    rows.every(({ state }) => state !== 'did not hold') &&
    simulation.every(({ state }) => state !== 'failed') &&
    survived === tried &&
    tried >= all
  );
}
