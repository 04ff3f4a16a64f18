import { candidateState } from '../../contract/state.js';
import { code, html, line, list, number, row, table, type Row } from './cells.js';
import { escaped, inWords, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';
import { secondsBetween } from '../times.js';

const badgeOf = { passed: 'passed', 'not passed': 'failed', 'given up': '', 'in work': '' } as const;

/** Every candidate with its cause and fix. */
export function candidates({ candidates: all, stop }: ReleaseEvidence): string[] {
  if (all.length === 0) return ['<p>None was judged.</p>'];
  return all.map(
    ({
      number: nth,
      version,
      base,
      commit,
      passed,
      judgedAt,
      changelog,
      findings,
      fix,
      coverage,
      attempts,
      configurationChanges,
      minimumCoveragePercent,
    }) =>
      [
        `<article><h3>${escaped(version ?? `attempt ${String(nth)}`)} ${badge(candidateState({ passed, judgedAt }, stop !== undefined))}</h3>`,
        list([
          ['judged at', code(base)],
          ...row('version commit', commit, code),
          ...(minimumCoveragePercent === 100
            ? []
            : [['coverage demanded', `only ${String(minimumCoveragePercent)} %`] as Row]),
          ...configurationChanges.map((change): Row => ['configuration changed', change]),
          ...findings.map((finding): Row => ['found', line(finding)]),
          ...attempts.flatMap(ranAgain),
          ...row('fixed', fix),
          ...row('changelog', changelog?.text, (text) => ({ html: `<pre>${escaped(text)}</pre>` })),
          ...coverage.map((covered): Row => ['coverage', line(covered)]),
        ]),
        '</article>',
      ].join(''),
  );
}

function badge(state: keyof typeof badgeOf): string {
  return `<span class="badge ${badgeOf[state]}">${state}</span>`;
}

/** A part of the tests that was run more than once, on the same files. */
function ranAgain({ name, attempts }: ReleaseEvidence['candidates'][number]['attempts'][number]): Row[] {
  if (attempts.length < 2) return [];
  const each = attempts.map(({ at, passed, asked }) => {
    const why = asked === undefined ? '' : `, asked for by ${asked.by}: ${asked.reason}`;
    return `${passed ? 'passed' : 'failed'} ${moment(at)}${why}`;
  });
  return [['run again', `${name}, on the same files: ${each.join('; ')}`]];
}

/** The twelve steps with what each found. */
export function steps({ steps: all }: ReleaseEvidence): string[] {
  return [
    table(
      ['#', 'Step', 'State', 'Took', 'Found'],
      all.map(({ number: nth, title, state, tookSeconds, found, findings }) => [
        number(nth),
        title,
        { html: `<span class="badge ${state}">${state}</span>` },
        tookSeconds === undefined ? '' : inWords(tookSeconds),
        { html: [...findings, ...found].map((item) => html(line(item))).join('<br>') },
      ]),
    ),
  ];
}

/** Everything that happened, in order. */
export function timeline({ timeline: marks, asOf }: ReleaseEvidence): string[] {
  return [
    table(
      ['At', 'Took', 'What', 'Result'],
      marks.map(({ kind, at, until, text, state = '' }) => [
        moment(at),
        took.includes(kind)
          ? `${inWords(secondsBetween(at, until ?? asOf))}${until === undefined ? ' so far' : ''}`
          : '',
        ...[text, state],
      ]),
    ),
  ];
}

const took: readonly string[] = ['candidate', 'step', 'question', 'watch', 'yank', 'un-yank'];

/** The settings that guarded it. */
export function guarded({ terms, waiver, deadlines }: ReleaseEvidence): string[] {
  if (terms === undefined) return ['<p>It was not admitted, so no settings were agreed.</p>'];
  return [
    list([
      ['settings', code(terms.digest)],
      ...row('with the request', terms.agreedDigest, code),
      ['approvers', `${terms.approvers.join(', ')}; ${String(terms.quorumPeople)} needed`],
      ...row('only if signed', terms.signedQuestions.join(', ') || 'nothing'),
      ['self-approval', selfApprovalOf(terms)],
      ...Object.entries(terms.approveWithinSeconds).map(([gate, seconds]): Row => [
        `${gate} expires after`,
        inWords(seconds),
      ]),
      ['run again at most', times(terms.mostReruns)],
      ['reviews on the forge', terms.reviewsCount ? 'count' : 'do not count'],
      ['branch', `${terms.branch} into ${terms.base}`],
      ['repository', terms.repository],
      ['indexes', `${terms.testIndex}, then ${terms.productionIndex}; dependencies from ${terms.mainIndex}`],
      ['watch', inWords(terms.watchSeconds)],
      ['yank by', terms.yankDrivers.join(', ')],
      ...(waiver === undefined ? [] : [['waived', `${waiver.index}, by ${waiver.by}: ${waiver.why}`] as Row]),
      ...terms.limits.map((limit): Row => ['know that', limit]),
      ...deadlines.map(({ text, at }): Row => [`${text} ends`, moment(at)]),
    ]),
  ];
}

function selfApprovalOf({
  selfApproval,
  selfApprovalAfterSeconds: after,
}: NonNullable<ReleaseEvidence['terms']>): string {
  if (!selfApproval) return 'not allowed';
  const wait = after === undefined || after === 0 ? '' : ` ${inWords(after)} after the question`;
  return `allowed${wait}, with the version typed again`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`;
}
