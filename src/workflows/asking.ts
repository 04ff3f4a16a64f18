import { condition } from '@temporalio/workflow';

import { amendmentsInForce, describeAmendment } from '../contract/amending.js';
import { digestOf } from '../contract/digest.js';
import {
  answerOf,
  fellInWords,
  namesOf,
  standingHolds,
  type Decision,
  type Gate,
  type GateId,
  type SubjectLine,
} from '../contract/gates.js';
import type { Digest } from '../contract/release.js';
import { rerunLines } from '../contract/reruns.js';
import { currentCandidate, isToAnswer, type Ledger } from '../contract/state.js';
import { calling } from './calling.js';
import type { Question } from './courses.js';
import type { Desk } from './desk.js';
import { forgetGates } from './forgetting.js';
import { nextMoment, passTime } from './gate-times.js';

/** Puts a question to people and waits for as long as they need; what was approved is not asked twice, what fell is asked anew. */
export async function askPeople(desk: Desk, { urgent = false, ...question }: Question): Promise<Decision> {
  const { ledger } = desk;
  for (;;) {
    const { gate, approved } = openGate(desk, question);
    if (approved !== undefined) return approved;
    try {
      const answered = () => answer(desk, gate);
      const isAsked = (person: string) => isToAnswer(ledger, gate, person);
      const given = await (urgent ? calling(desk, (gate.calls = []), answered, isAsked) : answered());
      if (given !== undefined) {
        gate.answer = given.kind;
        return given;
      }
    } finally {
      gate.closedAt = desk.now();
      desk.refresh();
    }
  }
}

/** The gate at which a question is asked, or was approved; the run before this one may have left it open. */
function openGate(
  desk: Desk,
  question: Omit<Question, 'urgent'>,
): { readonly gate: Gate; readonly approved?: Decision } {
  const { ledger } = desk;
  const said = [...question.subject, ...standing(ledger)];
  const first = digestOf({ gate: question.id, release: ledger.id, subject: said });
  const known = ledger.gates.findLast(
    ({ id, digest, anew = digest }) => id === question.id && anew === first,
  );
  const approved = known?.answer === 'approve' ? answerOf(known) : undefined;
  if (known !== undefined && approved !== undefined) return { gate: known, approved };
  if (known !== undefined && known.closedAt === undefined) return { gate: known };
  const subject = [...said, ...amendedLines(ledger), ...fallenLines(known)];
  return { gate: pushGate(desk, { ...question, subject }, first) };
}

function pushGate(desk: Desk, question: Omit<Question, 'urgent'>, first: Digest): Gate {
  const { ledger } = desk;
  const digest = digestOf({ gate: question.id, release: ledger.id, subject: question.subject });
  const gate: Gate = {
    ...question,
    quorum: question.quorum ?? ledger.terms?.quorum ?? 1,
    digest,
    ...(digest === first ? {} : { anew: first }),
    openedAt: desk.now(),
    ...expiry(desk, question.id),
    decisions: [],
  };
  ledger.gates.push(gate);
  forgetGates(ledger, gate.id);
  desk.show();
  return gate;
}

function expiry({ ledger, now }: Desk, id: GateId): Pick<Gate, 'expiresAt'> {
  const within: Partial<Record<GateId, number>> = ledger.terms?.approveWithin ?? {};
  const seconds = within[id];
  return seconds === undefined
    ? {}
    : { expiresAt: new Date(Date.parse(now()) + seconds * 1000).toISOString() };
}

/** The answer of a gate, which a hold keeps open until it is lifted or its time is over; undefined if it has to be asked anew. */
async function answer(desk: Desk, gate: Gate): Promise<Decision | undefined> {
  while (gate.fell === undefined) {
    const given = answerOf(gate);
    if (given !== undefined) return given;
    const holds = standingHolds(gate);
    const next = nextMoment(desk, gate);
    const isToGo = () =>
      gate.fell !== undefined || answerOf(gate) !== undefined || !isSame(standingHolds(gate), holds);
    // Only a hold that stands and a card that expires cost a timer.
    if (next === undefined) await condition(isToGo);
    else if (!(await condition(isToGo, Math.max(1, Date.parse(next) - Date.parse(desk.now())))))
      passTime(desk, gate);
    desk.show();
  }
  return undefined;
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}

/** Why a question is asked anew, and who had answered it before. */
function fallenLines(known: Gate | undefined): SubjectLine[] {
  if (known?.fell === undefined) return [];
  const names = known.decisions.length === 0 ? 'nobody' : namesOf(known.decisions);
  return [{ label: 'asked anew', value: `${fellInWords(known.fell)}; ${names} had approved` }];
}

function amendedLines(ledger: Ledger): SubjectLine[] {
  return amendmentsInForce(ledger).map((amendment) => ({
    label: 'amended',
    value: `${describeAmendment(amendment)}, by ${amendment.approvedBy?.join(' and ') ?? ''}: ${amendment.reason}`,
  }));
}

/** What everybody has to know who decides anything in this release. */
function standing(ledger: Ledger): SubjectLine[] {
  const { terms, waiver } = ledger;
  const candidate = currentCandidate(ledger);
  const demanded = candidate?.config.minimumCoverage ?? 100;
  return [
    ...(demanded === 100 ? [] : [{ label: 'coverage demanded', value: `only ${String(demanded)} %` }]),
    ...rerunLines(candidate ?? {}, terms).map((value) => ({ label: 'run again', value })),
    ...(terms?.limits ?? []).map((value) => ({ label: 'know that', value })),
    ...(waiver === undefined
      ? []
      : [{ label: 'waived', value: `${waiver.index}, by ${waiver.by}: ${waiver.why}` }]),
  ];
}
