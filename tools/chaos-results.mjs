import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matrix } from './rows.mjs';

/** @typedef {{ file: string, title: string, state: 'passed' | 'failed' | 'skipped', seconds: number, said: string[], note?: string, error?: string }} Result */

/** The row that the simulation plays, whose seeds are told there. */
const simulatedRow = 53;

/**
 * The last result of each test that was written to a file.
 * @param {string} file
 * @returns {Result[]}
 */
export function readResults(file) {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  /** @type {Result[]} */
  const results = JSON.parse(`[${lines.join(',')}]`);
  return [...new Map(results.map((result) => [`${result.file} ${result.title}`, result])).values()];
}

/**
 * How many kill points there are, were tried and were survived, as the campaign in a folder has written down.
 * @param {string} folder
 */
export function killPoints(folder) {
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
export function summarise(folder) {
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

/** The summary as people read it. @param {Summary} summary */
export function inLines({ rows, killPoints: { all, tried, survived }, simulation }) {
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

/** Whether nothing of it failed, and every kill point was tried. @param {Summary} summary */
export function isAllWell({ rows, killPoints: { all, tried, survived }, simulation }) {
  return (
    rows.every(({ state }) => state !== 'did not hold') &&
    simulation.every(({ state }) => state !== 'failed') &&
    survived === tried &&
    tried >= all
  );
}
