import { bytes, code, html, list, number, row, share, table, type Cell, type Row } from './cells.js';
import { escaped, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';

/** What ships, and that it is what was tested. */
export function released(evidence: ReleaseEvidence): string[] {
  const { files } = evidence;
  const facts = factsOf(evidence);
  return [
    files.length === 0
      ? '<p>No file was brought to the production index.</p>'
      : table(
          ['File', 'Kind', 'Size', 'sha256'],
          files.map(({ filename, kind, sizeBytes, sha256 }) => [
            ...[code(filename), kind, bytes(sizeBytes), code(sha256)],
          ]),
        ),
    ...(facts.length === 0 ? [] : [list(facts)]),
    ...readBack(evidence),
  ];
}

function factsOf(evidence: ReleaseEvidence): Row[] {
  const { commit, tag, visibleAt, merges, comparisons, reachedBase, terms } = evidence;
  const base = terms?.base ?? 'main';
  const merged = (merge: ReleaseEvidence['merges'][number]) =>
    `${html(code(merge.commit))} of ${html(code(merge.head))} into ${escaped(base)} at ${html(code(merge.previous))}`;
  return [
    ...row('commit', commit, code),
    ...row('tag', tag, code),
    ...row(`on ${base}`, reachedBase?.toString(), (yes) =>
      yes === 'true' ? 'yes' : 'no: it waits on a branch of its own',
    ),
    ...row('served since', visibleAt, moment),
    ...merges.map((merge): Row => ['merge', { html: merged(merge) }]),
    ...comparisons.map(({ comparedFiles, version, candidate }): Row => [
      'compared',
      `${String(comparedFiles)} files inside wheel and sdist of ${version} differ from those of ${candidate} in nothing but the version`,
    ]),
  ];
}

function readBack({ readBacks }: ReleaseEvidence): string[] {
  if (readBacks.length === 0) return [];
  const rows = readBacks.flatMap(({ index, version, files }) =>
    files.map(({ filename, sha256 }): Cell[] => [index, version, code(filename), code(sha256)]),
  );
  return ['<h3>Read back from the indexes</h3>', table(['Index', 'Version', 'File', 'sha256'], rows)];
}

/** Tests and coverage in numbers. */
export function tested({ tests, coverage }: ReleaseEvidence): string[] {
  return [
    tests.length === 0
      ? '<p>No tests in numbers yet.</p>'
      : table(
          ['Step', 'Tests of', 'Version', 'Passed', 'Skipped'],
          tests.map(({ step, of, name, version, python, passedTests, skippedTests }) => [
            stepWord(step),
            [of, name, python ?? ''].join(' ').trim(),
            version ?? (step === '08-merge-branch' ? 'the merge' : 'the branch'),
            number(passedTests),
            number(skippedTests),
          ]),
        ),
    ...(coverage.length === 0
      ? []
      : [
          '<h3>Coverage</h3>',
          table(
            ['Step', 'Of', 'Lines', 'Branches', 'Declared files'],
            coverage.map(
              ({ step, of, name, lines, coveredLines, branches, coveredBranches, declaredFiles }) => [
                stepWord(step),
                of === 'union' ? 'all suites together' : `suite ${name ?? ''}`,
                share(coveredLines, lines),
                branches === undefined ? '' : share(coveredBranches ?? 0, branches),
                declaredFiles === undefined ? '' : number(declaredFiles),
              ],
            ),
          ),
        ]),
  ];
}

function stepWord(id: string): string {
  return String(Number(id.slice(0, 2)));
}
