import { condition } from '@temporalio/workflow';

import { digestOf } from '../contract/digest.js';
import { answerOf, standingHolds, type Decision, type Gate, type SubjectLine } from '../contract/gates.js';
import { currentCandidate, isToAnswer, type Ledger } from '../contract/state.js';
import { endHolds } from './answering.js';
import { calling } from './calling.js';
import type { Question } from './courses.js';
import type { Desk } from './desk.js';

/** Puts a question to people and waits for as long as they need; an approval of the same digest is not asked twice. */
export async function askPeople(desk: Desk, { urgent = false, ...question }: Question): Promise<Decision> {
  const { ledger } = desk;
  const subject = [...question.subject, ...standing(ledger)];
  const digest = digestOf({ gate: question.id, release: ledger.id, subject });
  const known = ledger.gates.find(
    (gate) => gate.id === question.id && gate.digest === digest && gate.answer === 'approve',
  );
  const earlier = known === undefined ? undefined : answerOf(known);
  if (earlier !== undefined) return earlier;
  const gate: Gate = {
    ...question,
    subject,
    quorum: question.quorum ?? ledger.terms?.quorum ?? 1,
    digest,
    openedAt: desk.now(),
    decisions: [],
  };
  ledger.gates.push(gate);
  desk.show();
  try {
    const answered = () => answer(desk, gate);
    const isAsked = (person: string) => isToAnswer(ledger, gate, person);
    const given = await (urgent ? calling(desk, (gate.calls = []), answered, isAsked) : answered());
    gate.answer = given.kind;
    return given;
  } finally {
    gate.closedAt = desk.now();
    desk.refresh();
  }
}

/** The answer of a gate, which a hold keeps open until it is lifted or its time is over: only then is a timer set. */
async function answer(desk: Desk, gate: Gate): Promise<Decision> {
  for (;;) {
    const given = answerOf(gate);
    if (given !== undefined) return given;
    const holds = standingHolds(gate);
    const [end] = holds.map(({ until }) => until).sort();
    const isToGo = () => answerOf(gate) !== undefined || !isSame(standingHolds(gate), holds);
    if (end === undefined) await condition(isToGo);
    else if (!(await condition(isToGo, Math.max(1, Date.parse(end) - Date.parse(desk.now())))))
      endHolds(gate, desk.now());
    desk.show();
  }
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}

/** What everybody has to know who decides anything in this release. */
function standing(ledger: Ledger): SubjectLine[] {
  const { terms, waiver } = ledger;
  const demanded = currentCandidate(ledger)?.config.minimumCoverage ?? 100;
  return [
    ...(demanded === 100 ? [] : [{ label: 'coverage demanded', value: `only ${String(demanded)} %` }]),
    ...(terms?.limits ?? []).map((value) => ({ label: 'know that', value })),
    ...(waiver === undefined
      ? []
      : [{ label: 'waived', value: `${waiver.index}, by ${waiver.by}: ${waiver.why}` }]),
  ];
}
