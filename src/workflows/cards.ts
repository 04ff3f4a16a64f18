import { short } from '../contract/digest.js';
import { namesOf, type SubjectLine } from '../contract/gates.js';
import type { Artifact, ConfigSummary } from '../contract/release.js';
import type { Candidate, Ledger } from '../contract/state.js';
import type { Desk } from './desk.js';

/** The most lines of one kind on a card that has to be read at a glance. */
const most = 4;

/** Who wants what is asked about. */
export function startedLine({ ledger: { request, startedAt } }: Desk): SubjectLine {
  return { label: 'started by', value: `${request.by}, ${startedAt}` };
}

/** The files that an approval is for, each by its bytes. */
export function fileLines(files: readonly Artifact[]): SubjectLine[] {
  return files.map(({ filename, sha256, size }) => ({
    label: filename,
    value: `${sizeInWords(size)}, sha256 ${sha256}`,
  }));
}

/** What was tested, in one line, and what was measured. */
export function testedLines({ config, measured }: Candidate, what: string): SubjectLine[] {
  return [
    { label: 'tests passed', value: `${what}: ${testsInWords(config)}` },
    ...(measured === undefined
      ? []
      : [{ label: 'coverage', value: `${String(measured.covered)} of ${String(measured.lines)} lines` }]),
  ];
}

/** What differs from the candidate before: what people approved of it, the commits since, and what they mend. */
export function changedLines({ ledger }: Desk, { commits = [], configChanges }: Candidate): SubjectLine[] {
  const before = ledger.candidates.at(-2);
  return [
    ...(before === undefined ? [] : sinceLines(ledger, before)),
    ...some(commits).map((value) => ({ label: 'new commit', value })),
    ...configChanges.map((value) => ({ label: 'configuration changed', value })),
  ];
}

function sinceLines({ gates }: Ledger, { base, findings, fix }: Candidate): SubjectLine[] {
  const approval = gates.findLast(
    ({ id, answer, subject }) =>
      id === 'branch' && answer === 'approve' && subject.some(({ value }) => value === base),
  );
  const approved =
    approval === undefined
      ? `nobody had approved ${short(base)}`
      : `${short(base)}, approved by ${namesOf(approval.decisions)}, which does not count for this commit`;
  return [
    { label: 'before', value: approved },
    ...some(findings.map(({ title }) => title)).map((value) => ({ label: 'to be mended', value })),
    ...(fix === undefined ? [] : [{ label: 'fix', value: fix }]),
  ];
}

function some(lines: readonly string[]): string[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `and ${String(more)} more`] : [...lines];
}

function testsInWords({ modes, applications }: ConfigSummary): string {
  const kinds = [
    { what: 'modes', names: modes },
    { what: 'applications', names: applications },
  ];
  return kinds
    .filter(({ names }) => names.length > 0)
    .map(({ what, names }) => `${what} ${names.join(', ')}`)
    .join('; ');
}

function sizeInWords(bytes: number): string {
  return bytes < 1000 ? `${String(bytes)} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
