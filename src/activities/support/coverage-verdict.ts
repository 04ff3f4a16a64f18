import { finding, type Finding } from '../../contract/verdict.js';
import type { FileCoverage } from './coverage.js';

/** What is wrong if files are not covered as demanded, in percent; 100 means that nothing at all is missing. */
export function coverageFindings(what: string, files: readonly FileCoverage[], minimum: number): Finding[] {
  const measured = files.reduce((sum, file) => sum + file.measured, 0);
  if (measured === 0) return [finding(`${what}: no line was measured`)];
  const missing = files.reduce((sum, file) => sum + missingOf(file), 0);
  const percent = ((measured - missing) * 100) / measured;
  if (minimum === 100 ? missing === 0 : percent >= minimum) return [];
  const lines = files.filter((file) => missingOf(file) > 0).map((file) => `${file.path}: ${places(file)}`);
  const title = `${what}: ${inPercent(percent)} covered, and ${inPercent(minimum)} is demanded`;
  return [finding(title, lines.join('\n'))];
}

/** The share that is covered, in words. */
export function coverageInWords(files: readonly FileCoverage[]): string {
  const measured = files.reduce((sum, file) => sum + file.measured, 0);
  const missing = files.reduce((sum, file) => sum + missingOf(file), 0);
  return inPercent(measured === 0 ? 0 : ((measured - missing) * 100) / measured);
}

/** Rounded down, so that 99.999 never reads as 100. */
function inPercent(percent: number): string {
  return `${String(Math.floor(percent * 100) / 100)} %`;
}

function missingOf({ missingLines, missingBranches }: FileCoverage): number {
  return missingLines.length + missingBranches.length;
}

function places({ missingLines, missingBranches }: FileCoverage): string {
  const branches = missingBranches.map(([from, to]) => `${String(from)}→${to < 0 ? 'exit' : String(to)}`);
  return [...ranges(missingLines), ...branches].join(', ');
}

/** Line numbers as ranges: 3-5, 9. */
function ranges(lines: readonly number[]): string[] {
  const starts = lines.filter((line) => !lines.includes(line - 1));
  return starts.map((start) => {
    let end = start;
    while (lines.includes(end + 1)) end++;
    return end === start ? String(start) : `${String(start)}-${String(end)}`;
  });
}
