import { code, list, table, type Row } from './cells.js';
import { escaped, inWords, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';

/** Who was asked what and said what, and how far it is known who they are. */
export function decided({ questions, messages, amendments, forgotten }: ReleaseEvidence): string[] {
  const ignored = messages.filter(({ counted }) => !counted);
  return [
    ...(questions.length === 0 ? ['<p>Nobody was asked anything.</p>'] : []),
    ...questions.map(asked),
    ...(forgotten === undefined
      ? []
      : [
          `<p>${String(forgotten.questions)} older questions and ${String(forgotten.messages)} older messages are only in the history of the run.</p>`,
        ]),
    ...(amendments.length === 0
      ? []
      : [
          '<h3>Changes of who approves</h3>',
          table(
            ['At', 'Who', 'Why', 'From', 'To', 'Answer'],
            amendments.map(({ askedAt, by, reason, before, approvers, quorumPeople, ...answer }) => [
              ...[moment(askedAt), by, reason],
              ...[quorumOf(before), quorumOf({ approvers, quorumPeople }), amended(answer)],
            ]),
          ),
        ]),
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

function quorumOf({ approvers, quorumPeople }: Pick<Amendment, 'approvers' | 'quorumPeople'>): string {
  return `${String(quorumPeople)} of ${approvers.join(', ')}`;
}

function amended({ approvedBy, rejectedBy }: Pick<Amendment, 'approvedBy' | 'rejectedBy'>): string {
  if (rejectedBy !== undefined) return `rejected by ${rejectedBy}`;
  return approvedBy === undefined ? 'not answered' : `approved by ${approvedBy.join(' and ')}`;
}

type Amendment = ReleaseEvidence['amendments'][number];
type Asked = ReleaseEvidence['questions'][number];
type Decided = Asked['decisions'][number];

/** What stands about something that somebody said to a question. */
interface Said extends Pick<Decided, 'by' | 'at' | 'known' | 'reason' | 'signature'> {
  readonly did: string;
  readonly also?: string;
}

function asked(question: Asked): string {
  const { gate, digest, consequence, subject, openedAt, waitedSeconds = 0, answer } = question;
  const said = [...question.holds.map(holding), ...question.decisions.map(deciding)].sort((a, b) =>
    a.at < b.at ? -1 : 1,
  );
  const shown = [
    ...subject.map(({ label, value }): Row => [label, value]),
    ['digest', code(digest)] as const,
  ];
  const ending = answer === undefined ? 'no answer' : answer;
  return [
    `<article><h3>${escaped(gate)} <span class="note">asked ${moment(openedAt)}, ${escaped(ending)} after ${inWords(waitedSeconds)}</span></h3>`,
    `<p>${escaped(consequence)}</p>`,
    ...said.map(saying),
    ...fallen(question),
    `<details><summary>What was shown (needs ${String(question.quorumPeople)})</summary>${list(shown)}</details></article>`,
  ].join('');
}

function holding(hold: Asked['holds'][number]): Said {
  const { until, endedAt } = hold;
  const ended = endedAt === undefined ? '' : `, ended ${moment(endedAt)}`;
  return { ...hold, did: `hold until ${moment(until)}${ended}` };
}

function deciding(decision: Decided): Said {
  const { kind, own } = decision;
  if (own === undefined) return { ...decision, did: kind };
  const also = `started it, and typed ${own.retyped} again; it was asked at ${moment(own.opened)}`;
  return { ...decision, did: kind, also };
}

function saying({ by, did, at, known: how, reason, also, signature }: Said): string {
  const key = signature === undefined ? '' : ` with ${signature.key}`;
  const lines = [also, reason].flatMap((text) => (text === undefined ? [] : `<br>${escaped(text)}`));
  return `<p class="said"><b>${escaped(by)}</b> ${escaped(did)} <span class="note">${moment(at)}, ${escaped(known[how] + key)}</span>${lines.join('')}</p>`;
}

function fallen({ fell }: Asked): string[] {
  if (fell === undefined) return [];
  const why = fell.why === 'expired' ? 'Expired' : 'The approvers were changed';
  return [`<p class="note">${why} ${moment(fell.at)}: what was approved fell, and it was asked anew.</p>`];
}

const known = {
  claim: 'their own claim, unverified',
  review: 'by review on the forge',
  signed: 'signed',
} as const;
