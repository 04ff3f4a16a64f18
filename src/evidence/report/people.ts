import { code, list, table, type Row } from './cells.js';
import { escaped, inWords, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';

/** Who was asked what and said what, and how far it is known who they are. */
export function decided({ questions, messages }: ReleaseEvidence): string[] {
  const ignored = messages.filter(({ counted }) => !counted);
  return [
    ...(questions.length === 0 ? ['<p>Nobody was asked anything.</p>'] : []),
    ...questions.map(asked),
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

type Asked = ReleaseEvidence['questions'][number];

function asked(question: Asked): string {
  const { gate, digest, consequence, subject, openedAt, waitedSeconds = 0, answer } = question;
  const said = [...question.holds.map((hold) => ({ ...hold, kind: 'hold' })), ...question.decisions].sort(
    (a, b) => (a.at < b.at ? -1 : 1),
  );
  const shown = [
    ...subject.map(({ label, value }): Row => [label, value]),
    ['digest', code(digest)] as const,
  ];
  return [
    `<article><h3>${escaped(gate)} <span class="note">asked ${moment(openedAt)}, ${answer === undefined ? 'no answer' : escaped(answer)} after ${inWords(waitedSeconds)}</span></h3>`,
    `<p>${escaped(consequence)}</p>`,
    ...said.map(saying),
    `<details><summary>What was shown (needs ${String(question.quorumPeople)})</summary>${list(shown)}</details></article>`,
  ].join('');
}

function saying({
  by,
  kind,
  at,
  known: how,
  reason,
}: Omit<Asked['decisions'][number], 'kind'> & { kind: string }) {
  const why = reason === undefined ? '' : `<br>${escaped(reason)}`;
  return `<p class="said"><b>${escaped(by)}</b> ${escaped(kind)} <span class="note">${moment(at)}, ${escaped(known[how])}</span>${why}</p>`;
}

const known = {
  claim: 'their own claim, unverified',
  review: 'by review on the forge',
  signed: 'signed',
} as const;
