import { code, list, table, type Row } from './cells.js';
import { escaped, inWords, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';

/** Who was asked what and said what, and how far it is known who they are. */
export function decided({ questions, messages }: ReleaseEvidence): string[] {
  const ignored = messages.filter(({ counted }) => !counted);
  return [
    ...(questions.length === 0 ? ['<p>Nobody was asked anything.</p>'] : []),
    ...questions.map(
      ({ gate, digest, consequence, subject, decisions, openedAt, waitedSeconds, answer, quorumPeople }) =>
        [
          `<article><h3>${escaped(gate)} <span class="note">asked ${moment(openedAt)}, ${answer === undefined ? 'no answer' : escaped(answer)} after ${inWords(waitedSeconds ?? 0)}</span></h3>`,
          `<p>${escaped(consequence)}</p>`,
          ...decisions.map(
            (decision) =>
              `<p class="said"><b>${escaped(decision.by)}</b> ${escaped(decision.kind)} <span class="note">${moment(decision.at)}, ${escaped(known[decision.known])}</span>${decision.reason === undefined ? '' : `<br>${escaped(decision.reason)}`}</p>`,
          ),
          `<details><summary>What was shown (needs ${String(quorumPeople)})</summary>${list([...subject.map(({ label, value }): Row => [label, value]), ['digest', code(digest)]])}</details></article>`,
        ].join(''),
    ),
    ...(ignored.length === 0
      ? []
      : [
          '<h3>Messages that did not count</h3>',
          table(
            ['At', 'Who', 'What', 'Why not'],
            ignored.map(({ at, by, known: how, kind, why }) => [
              moment(at),
              `${by} (${known[how]})`,
              kind,
              why,
            ]),
          ),
        ]),
  ];
}

const known = {
  claim: 'their own claim, unverified',
  review: 'by review on the forge',
  signed: 'signed',
} as const;
