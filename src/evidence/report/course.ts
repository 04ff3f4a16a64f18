import { code, html, line, list, number, row, table, type Row } from './cells.js';
import { escaped, inWords, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';
import { secondsBetween } from '../times.js';

/** Every candidate with its cause and fix. */
export function candidates({ candidates: all }: ReleaseEvidence): string[] {
  if (all.length === 0) return ['<p>None was judged.</p>'];
  return all.map(
    ({
      number: nth,
      version,
      base,
      commit,
      passed,
      changelog,
      findings,
      fix,
      coverage,
      configurationChanges,
      minimumCoveragePercent,
    }) =>
      [
        `<article><h3>${escaped(version ?? `attempt ${String(nth)}`)} <span class="badge ${passed === true ? 'passed' : passed === false || findings.length > 0 ? 'failed' : ''}">${passed === true ? 'passed' : passed === false || findings.length > 0 ? 'not passed' : 'in work'}</span></h3>`,
        list([
          ['judged at', code(base)],
          ...row('version commit', commit, code),
          ...(minimumCoveragePercent === 100
            ? []
            : [['coverage demanded', `only ${String(minimumCoveragePercent)} %`] as Row]),
          ...configurationChanges.map((change): Row => ['configuration changed', change]),
          ...findings.map((finding): Row => ['found', line(finding)]),
          ...row('fixed', fix),
          ...row('changelog', changelog?.text, (text) => ({ html: `<pre>${escaped(text)}</pre>` })),
          ...coverage.map((covered): Row => ['coverage', line(covered)]),
        ]),
        '</article>',
      ].join(''),
  );
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
      ['self-approval', terms.selfApproval ? 'allowed' : 'not allowed'],
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
