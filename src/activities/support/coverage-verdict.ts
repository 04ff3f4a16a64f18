import type { Fact } from '../../contract/facts.js';
import type { Digest } from '../../contract/release.js';
import { finding, maxDetail, type Finding } from '../../contract/verdict.js';
import type { FileCoverage } from './coverage.js';
import { count } from './wording.js';

/** The most characters of one file's places and of one source line in a finding. */
const longest = { places: 300, source: 100, place: 80 };

/** The most files in a finding's title. */
const mostFiles = 3;

/**
 * What is wrong if files are not covered as demanded, in percent of their lines; 100 means that nothing at all is
 * missing. The detail shows the lines with their source as far as they fit; `log` is where all of them are kept.
 */
export function coverageFindings(
  what: string,
  files: readonly FileCoverage[],
  minimum: number,
  log?: Digest,
): Finding[] {
  if (minimum === 0) return [];
  const { lines, missing } = totals(files);
  if (lines === 0) return [finding(`${what}: no line was measured`)];
  const percent = percentOf(lines, missing);
  if (minimum === 100 ? missing === 0 : percent >= minimum) return [];
  const title = `${what}: ${inPercent(percent)} covered, and ${inPercent(minimum)} is demanded`;
  const open = files.filter((file) => file.missing.length > 0);
  const places = open.map((file) => cut(`${file.path}: ${placesOf(file)}`, longest.places));
  const sources = open.flatMap((file) => sourceOf(file).map((line) => cut(line, longest.source)));
  return [finding(`${title}: ${firstPlaces(open)}`, asFits([...places, ...sources]), log)];
}

/** The coverage of a suite in words: of the files that it is declared to cover, or else of all lines. */
export function suiteInWords(
  measured: readonly FileCoverage[],
  declared: readonly FileCoverage[] | undefined,
): string {
  return declared === undefined
    ? `${linesInWords(measured)} of ${count(totals(measured).lines, 'line')}`
    : `${linesInWords(declared)} of ${count(declared.length, 'declared file')}`;
}

/** The coverage of all suites together in words, that of branches and what is left out beside it. */
export function unionInWords(union: readonly FileCoverage[]): string {
  const { lines, branches, missingBranches, excluded } = totals(union);
  return [
    `${linesInWords(union)} of ${count(lines, 'line')}`,
    branches === 0
      ? ''
      : `, ${inPercent(percentOf(branches, missingBranches))} of ${String(branches)} ${branches === 1 ? 'branch' : 'branches'}`,
    excluded === 0 ? '' : ` (${count(excluded, 'line')} excluded by the package's configuration)`,
  ].join('');
}

/** The same in numbers. */
export function suiteInNumbers(
  name: string,
  measured: readonly FileCoverage[],
  declared: readonly FileCoverage[] | undefined,
): Fact {
  const { lines, missing } = totals(declared ?? measured);
  const files = declared === undefined ? {} : { declaredFiles: declared.length };
  return { kind: 'coverage', of: 'suite', name, lines, coveredLines: lines - missing, ...files };
}

/** The coverage of all suites together in numbers. */
export function unionInNumbers(union: readonly FileCoverage[]): Fact {
  const { lines, missing, branches, missingBranches } = totals(union);
  const counted = {
    lines,
    coveredLines: lines - missing,
    branches,
    coveredBranches: branches - missingBranches,
  };
  return { kind: 'coverage', of: 'union', ...counted };
}

function linesInWords(files: readonly FileCoverage[]): string {
  const { lines, missing } = totals(files);
  return inPercent(percentOf(lines, missing));
}

/** The sums over files. */
export function totals(files: readonly FileCoverage[]) {
  const sum = (number: (file: FileCoverage) => number) => files.reduce((all, file) => all + number(file), 0);
  return {
    lines: sum((file) => file.lines),
    missing: sum((file) => file.missing.length),
    branches: sum((file) => file.branches),
    missingBranches: sum((file) => file.missingBranches),
    excluded: sum((file) => file.excluded),
  };
}

/** How much of something is there in percent; nothing covers nothing. */
export function percentOf(all: number, missing: number): number {
  return all === 0 ? 0 : ((all - missing) * 100) / all;
}

/** Rounded down, so that 99.999 never reads as 100. */
export function inPercent(percent: number): string {
  return `${String(Math.floor(percent * 100) / 100)} %`;
}

/** The numbers of the lines that no test has run, as ranges: 3-5, 9. */
export function placesOf({ missing }: FileCoverage): string {
  const lines = new Set(missing.map(({ number }) => number));
  const starts = [...lines].filter((line) => !lines.has(line - 1));
  return starts
    .map((start) => {
      let end = start;
      while (lines.has(end + 1)) end++;
      return end === start ? String(start) : `${String(start)}-${String(end)}`;
    })
    .join(', ');
}

/** The lines of a file that no test has run as they stand there, under the file's name. */
export function sourceOf({ path, missing }: FileCoverage): string[] {
  return [path, ...missing.map(({ number, text }) => `${String(number).padStart(6)}  ${text}`)];
}

/** Where the first uncovered lines are: the card has room for no more. */
function firstPlaces(open: readonly FileCoverage[]): string {
  const shown = open.slice(0, mostFiles).map((file) => cut(`${file.path} ${placesOf(file)}`, longest.place));
  const more = open.length - shown.length;
  return [...shown, ...(more > 0 ? [`${count(more, 'more file')}`] : [])].join('; ');
}

function cut(line: string, most: number): string {
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** The first lines of a detail, and how many more there are: of uncovered lines the first ones count as much as the last. */
function asFits(lines: readonly string[]): string {
  const room = maxDetail - '… and 1000000 more lines'.length;
  let kept = 0;
  for (let size = 0; kept < lines.length; kept++) {
    size += (lines[kept]?.length ?? 0) + 1;
    if (size > room) break;
  }
  const more = lines.length - kept;
  return [...lines.slice(0, kept), ...(more === 0 ? [] : [`… and ${count(more, 'more line')}`])].join('\n');
}
