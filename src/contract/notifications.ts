import { deadlines, type Deadline } from './deadlines.js';
import type { Subject } from './activities.js';
import type { Gate } from './gates.js';
import { headline, shownGates, type ProgressGate } from './progress.js';
import { callOrder, onWatchAt } from './roster.js';
import { openGates, stillToAnswer, type Ledger, type Report } from './state.js';
import { describeStep, stepNumber } from './steps.js';

/** Something that people are told of a release, because one of them has to act; its words may be a stranger's. */
export interface Notification {
  /** The same for the same thing, so that nobody is told it twice. */
  readonly key: string;
  /** By name, who is told; the thread of the release is told everything. */
  readonly to: readonly string[];
  /** What is true and what is waited for, a sentence each. */
  readonly says: readonly string[];
  /** What can be typed. */
  readonly commands: readonly string[];
  /** What ends by itself. */
  readonly deadlines: readonly Deadline[];
}

/** That a channel did not take something. */
export interface Untold {
  readonly channel: string;
  /** Who was to be told by it; nobody where it holds the thread only. */
  readonly to: readonly string[];
  /** When it was given up. */
  readonly at: string;
  readonly why: string;
}

/** What tells people; in the zone `urgent`, so that it waits behind nothing. */
export interface TellingActivities {
  /**
   * Tells people, each by the channels that reach them, and the thread of the release; what is known to have been delivered
   * is not delivered again. As long as a channel does not take it this fails, with all that is untold as its details.
   */
  ensureTold(input: {
    release: string;
    subject: Subject;
    /** Where the release can be looked at. */
    page?: string;
    notifications: readonly Notification[];
  }): Promise<void>;
}

/** The most facts of a question, and the most deadlines, in one notification: it is to fit a screen. */
const mostFacts = 8;
const mostDeadlines = 2;

/** All that people have to be told about a release as it is at a moment (ISO 8601). */
export function notifications(ledger: Ledger, now: string): Notification[] {
  return [
    ...openGates(ledger).flatMap((gate, at) => aboutGate(ledger, gate, shownGates(ledger)[at], now)),
    ...ledger.reports.filter((report) => isLeftOut(ledger, report)).map((report) => about(ledger, report)),
    ...(ledger.announced ?? []).map((deadline) => aboutDeadline(ledger, deadline, now)),
    ...aboutYank(ledger),
    ...aboutEnd(ledger),
  ];
}

/** A question is put to all who may answer it at once, or where none may take long to one after the other. */
function aboutGate(ledger: Ledger, gate: Gate, shown: ProgressGate | undefined, now: string): Notification[] {
  if (shown === undefined) return [];
  const { commands, consequence } = shown;
  const facts = gate.subject.map(({ label, value }) => `${label}: ${value}`);
  const more = facts.length - mostFacts;
  const asked = {
    commands,
    deadlines: deadlines(ledger, now).slice(0, mostDeadlines),
    says: [
      `${stateOf(ledger)}: \`${gate.id}\` waits for ${shown.who} since ${gate.openedAt}.`,
      consequence,
      ...facts.slice(0, mostFacts),
      ...(more > 0 ? [`${String(more)} more, which \`slipway status\` shows`] : []),
    ],
  };
  const key = `${gate.id}/${gate.openedAt}`;
  if (gate.calls === undefined || gate.calls.length === 0) {
    return [{ ...asked, key, to: stillToAnswer(ledger, gate) }];
  }
  return gate.calls.map(({ who }, at, calls) => {
    const earlier = calls[at - 1];
    const unanswered =
      earlier === undefined ? [] : [`${earlier.who} was asked at ${earlier.at} and has not answered.`];
    return { ...asked, key: `${key}/${who}`, to: [who], says: [...asked.says, ...unanswered] };
  });
}

/** A problem that came while people are asked something else. */
function isLeftOut(ledger: Ledger, { by, reason, answered }: Report): boolean {
  const open = openGates(ledger);
  const says = `${by}: ${reason}`;
  return (
    !answered && open.length > 0 && !open.some(({ subject }) => subject.some(({ value }) => value === says))
  );
}

function about(ledger: Ledger, { message, by, at, reason }: Report): Notification {
  const called = openGates(ledger).flatMap(({ calls = [] }) => calls.map(({ who }) => who));
  return {
    key: `report/${message}`,
    to: [...new Set(called)],
    says: [`${stateOf(ledger)}: one more problem was reported at ${at}.`, `${by}: ${reason}`],
    commands: [commandFor(ledger, 'status')],
    deadlines: [],
  };
}

function aboutDeadline(ledger: Ledger, deadline: Deadline, now: string): Notification {
  return {
    key: `deadline/${deadline.what}/${deadline.at}`,
    to: deadline.whom ?? onDuty(ledger, now),
    says: [`${stateOf(ledger)}: ${deadline.what} is about to end.`],
    commands: [commandFor(ledger, 'status')],
    deadlines: [deadline],
  };
}

/** Who is on watch; where nobody is, who would be called first. */
function onDuty({ shifts, readiness, terms }: Ledger, now: string): readonly string[] {
  const present = onWatchAt(shifts, now);
  const [first] = callOrder({ shifts, plan: readiness?.plan ?? [], approvers: terms?.approvers ?? [] }, now);
  return present.length > 0 || first === undefined ? present : [first];
}

/** Everybody hears of a yank: one person is enough for it, and so it has to be seen. */
function aboutYank(ledger: Ledger): Notification[] {
  const { yank, terms, request } = ledger;
  if (yank === undefined) return [];
  const to = terms?.approvers ?? [request.by];
  const index = terms?.production.name ?? '';
  const told = { commands: [commandFor(ledger, 'status')], deadlines: [] };
  const undone = (yank.unYanks ?? []).flatMap(({ askedAt, provenAt }) =>
    provenAt === undefined
      ? []
      : [{ ...told, to, key: `un-yanked/${askedAt}`, says: [`${index} serves it again since ${provenAt}.`] }],
  );
  const begun = `It is being yanked: ${yank.by} asked for it at ${yank.askedAt}: ${yank.reason}`;
  return [
    { ...told, to, key: `yank/${yank.askedAt}`, says: [begun] },
    ...(yank.calls ?? []).map(({ who }) => ({
      ...told,
      to: [who],
      key: `yank/${yank.askedAt}/${who}`,
      says: [
        `No driver could yank it, and ${index} still serves it: yank it by hand.`,
        ledger.notice ?? yank.reason,
      ],
    })),
    ...(yank.provenAt === undefined
      ? []
      : [
          {
            ...told,
            to,
            key: `yanked/${yank.askedAt}`,
            says: [`It is yanked: ${index} says so since ${yank.provenAt}.`],
          },
        ]),
    ...undone,
  ];
}

/** How it ended is for the thread. */
function aboutEnd({ outcome, yank }: Ledger): Notification[] {
  if (outcome === undefined) return [];
  const key = ['end', outcome.outcome, ...(yank === undefined ? [] : [yank.askedAt])].join('/');
  return [{ key, to: [], says: [outcome.summary], commands: [], deadlines: [] }];
}

function stateOf(ledger: Ledger): string {
  const step = ledger.steps.findLast(({ state }) => state === 'running' || state === 'failed');
  const where =
    step === undefined ? '' : `, step ${String(stepNumber(step.id))} of 12 (${describeStep(step.id).title})`;
  return `${headline(ledger)}${where}`;
}

function commandFor({ request }: Ledger, command: string): string {
  return `slipway ${command} ${request.package} ${request.version}`;
}
