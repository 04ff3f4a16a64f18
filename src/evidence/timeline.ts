import { candidateState, type Ledger } from '../contract/state.js';
import { describeStep, stepNumber } from '../contract/steps.js';
import { yanksOf } from '../contract/yanking.js';
import type { TimelineMark } from './schema.js';
import { secondsBetween, utc } from './times.js';

/** What happened when, in the order in which it began. */
export function timelineOf(ledger: Ledger, asOf: string): TimelineMark[] {
  const { request, startedAt, outcome } = ledger;
  const marks = [
    mark('started', startedAt, `${request.by} started ${request.package} ${request.version}`),
    ...candidates(ledger),
    ...steps(ledger),
    ...questions(ledger),
    ...published(ledger),
    ...takenBack(ledger),
    ...(outcome === undefined ? [] : [mark('ended', asOf, outcome.outcome)]),
  ];
  return marks.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function mark(kind: TimelineMark['kind'], at: string, text: string): TimelineMark {
  return { kind, at: utc(at), text };
}

/** Something that takes time; without an end it goes on. */
function stretch(
  kind: TimelineMark['kind'],
  at: string,
  until: string | undefined,
  { text, state }: Pick<TimelineMark, 'text' | 'state'>,
): TimelineMark {
  return { ...mark(kind, at, text), until: utc(until), state };
}

function candidates({ candidates: all, stop }: Ledger): TimelineMark[] {
  return all.flatMap((candidate, index) => {
    const { startedAt, judgedAt, version } = candidate;
    if (startedAt === undefined) return [];
    const state = candidateState(candidate, stop !== undefined);
    const text = `candidate ${version ?? String(index + 1)}`;
    return [stretch('candidate', startedAt, judgedAt ?? stop?.at, { text, state })];
  });
}

function steps({ steps: all }: Ledger): TimelineMark[] {
  return all.flatMap(({ id, state, startedAt, endedAt }) => {
    if (startedAt === undefined) return [];
    const text = `${String(stepNumber(id))} ${describeStep(id).title}`;
    return [stretch('step', startedAt, endedAt, { text, state })];
  });
}

function questions({ gates }: Ledger): TimelineMark[] {
  return gates.map(({ id, openedAt, closedAt, decisions }) => {
    const said = decisions.map(({ by, kind }) => `${kind} by ${by}`).join(', ');
    const none = closedAt === undefined ? 'waits for an answer' : 'closed without an answer';
    return stretch('question', openedAt, closedAt, {
      text: `question ${id}`,
      state: said === '' ? none : said,
    });
  });
}

function published({ final, watch, steps: all, terms, reports }: Ledger): TimelineMark[] {
  const watching = all.find(({ id }) => id === '11-watch-release');
  const index = terms?.production.name ?? 'the index';
  return [
    ...(final?.visibleAt === undefined
      ? []
      : [mark('visible', final.visibleAt, `${index} serves every file`)]),
    ...(watch === undefined
      ? []
      : [
          stretch('watch', watch.from, watching?.endedAt, {
            text: 'the watch',
            state: `planned for ${String(secondsBetween(watch.from, watch.until))} s`,
          }),
        ]),
    ...reports.map(({ at, by, reason }) => mark('report', at, `${by} reports: ${reason}`)),
  ];
}

function takenBack(ledger: Ledger): TimelineMark[] {
  return yanksOf(ledger).flatMap(({ askedAt, provenAt, by, reason, unYanks = [] }) => [
    stretch('yank', askedAt, provenAt, { text: `yank by ${by}`, state: reason }),
    ...unYanks.map((undo) =>
      stretch('un-yank', undo.askedAt, undo.provenAt, {
        text: `un-yank by ${undo.by}`,
        state: undo.reason,
      }),
    ),
  ]);
}
