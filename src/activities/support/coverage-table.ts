import { inPercent, percentOf, placesOf, sourceOf, totals } from './coverage-verdict.js';
import type { FileCoverage } from './coverage.js';

/** One part of the table: a suite, or all of them together. */
export interface TableSection {
  readonly title: string;
  readonly measured: readonly FileCoverage[];
  /** The files that it must cover; undefined where none are declared. */
  readonly declared: readonly FileCoverage[] | undefined;
}

/** All that was measured, as a text for people: every file of every section, and the lines that were not run. */
export function coverageTable(sections: readonly TableSection[], unseen: readonly string[]): string {
  return [
    ...sections.map((section) => sectionText(section)),
    ...unseen.map((file) => `not measured at all: ${file}`),
    '',
  ].join('\n\n');
}

const head = ['lines', 'not run', 'covered', 'branches', 'not taken', 'covered', 'file', 'lines not run'];

function sectionText({ title, measured, declared = [] }: TableSection): string {
  const rows = measured.map((file) => [
    ...numbers([file]),
    `${file.path}${declared.includes(file) ? ' *' : ''}`,
    placesOf(file),
  ]);
  return [
    title,
    '',
    ...aligned([head, ...rows, [...numbers(measured), 'all files', '']]),
    ...(declared.length > 0 ? ['', '* must be covered here'] : []),
    ...declared.filter(({ missing }) => missing.length > 0).flatMap((file) => ['', ...sourceOf(file)]),
  ].join('\n');
}

function numbers(files: readonly FileCoverage[]): string[] {
  const { lines, missing, branches, missingBranches } = totals(files);
  return [
    ...[String(lines), String(missing), inPercent(percentOf(lines, missing))],
    ...(branches === 0
      ? ['0', '0', '']
      : [String(branches), String(missingBranches), inPercent(percentOf(branches, missingBranches))]),
  ];
}

/** Numbers to the right, names to the left. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < 6 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
