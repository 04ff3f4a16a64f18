import type { MessageChannel, MessageKind } from './messages.js';
import type { Digest } from './release.js';
import type { Call } from './roster.js';

export const gateIds = [
  'branch',
  'coverage',
  'test-index',
  'merge',
  'window',
  'on-watch',
  'production',
  'put-main-back',
  'fix',
  'trouble',
  'report',
  'probe',
  'fallback',
  'un-yank',
  'amend',
] as const;
/**
 * The questions that a release can put to people. `branch`, `merge` and `production` are the procedure's approvals;
 * `coverage` asks whether a report that a coverage service does not show is waived, `test-index` whether the release is
 * rehearsed without the test index; `window` whether the upload waits for its hours, and `on-watch` who could yank at
 * once; `put-main-back` asks what becomes of main after a yank, or when a release is abandoned after its merge; `fix`,
 * `trouble` and `report` ask what next, and so do `probe` after a probe of the watch that could not measure and `fallback`
 * after a yank that an installation does not prove; `un-yank` asks two people whether a yank is taken back, and `amend` whether
 * others approve from then on.
 */
export type GateId = (typeof gateIds)[number];

/** One fact of what is asked about, as people read it on the card. */
export interface SubjectLine {
  readonly label: string;
  readonly value: string;
}

/** One answer that counted. */
export interface Decision {
  readonly message: string;
  readonly kind: MessageKind;
  readonly by: string;
  readonly at: string;
  readonly channel: MessageChannel;
  readonly reason?: string;
  /** The fingerprint of the key whose signature proved who it was. */
  readonly key?: string;
  /** Where somebody approved what they had started: the version that they typed again, and when the card had been opened. */
  readonly own?: { readonly retyped: string; readonly opened: string };
}

/** That somebody keeps approvals from closing a gate for a while. */
export interface Hold {
  readonly message: string;
  readonly by: string;
  readonly at: string;
  readonly channel: MessageChannel;
  readonly reason: string;
  /** When it ends by itself. */
  readonly until: string;
  /** When it was over, because it was lifted or its time had come. */
  endedAt?: string;
}

/** A question put to people and, in the end, its answer. */
export interface Gate {
  readonly id: GateId;
  /** Digest of the subject: what an answer is bound to. */
  readonly digest: Digest;
  /** The consequence of a yes in one sentence. */
  readonly consequence: string;
  readonly subject: readonly SubjectLine[];
  readonly answers: readonly MessageKind[];
  /** Distinct people needed for `approve`; every other answer needs one. */
  readonly quorum: number;
  /** Whoever started the release may approve this too, as one of the distinct people. */
  readonly anyApprover?: true;
  readonly openedAt: string;
  decisions: Decision[];
  /** Who holds it or held it, oldest first. */
  holds?: Hold[];
  /** Who was asked by name, one after the other, where no answer may take long. */
  calls?: Call[];
  /** When its approvals fall, if it is still open then. */
  readonly expiresAt?: string;
  closedAt?: string;
  /** When and why its approvals fell, so that it was asked anew. */
  fell?: { readonly at: string; readonly why: 'amended' | 'expired' };
  /** The digest of the question, where it is asked anew under another one. */
  readonly anew?: Digest;
  answer?: MessageKind;
}

/** The answer that a gate has by now: anything but `approve` takes one person and dominates it; a hold keeps only approvals back. */
export function answerOf(gate: Gate): Decision | undefined {
  const other = gate.decisions.find((decision) => decision.kind !== 'approve');
  if (other !== undefined) return other;
  return isApproved(gate) && standingHolds(gate).length === 0 ? gate.decisions.at(-1) : undefined;
}

/** Whether a gate has all the approvals that it takes. */
export function isApproved({ decisions, quorum }: Gate): boolean {
  return decisions.filter(({ kind }) => kind === 'approve').length >= quorum;
}

/** The holds that keep a gate open now. */
export function standingHolds({ holds = [] }: Gate): Hold[] {
  return holds.filter(({ endedAt }) => endedAt === undefined);
}

/** What took the approvals of a card away. */
export function fellInWords({ at, why }: NonNullable<Gate['fell']>): string {
  return why === 'expired' ? `the card before expired at ${at}` : `the approvers were changed at ${at}`;
}

/** Who decided, and how far it is known that it was them. */
export function namesOf(decisions: readonly Decision[]): string {
  return decisions.map((decision) => `${decision.by} (${proofOfPerson(decision)})`).join(', ');
}

function proofOfPerson({ channel, key }: Decision): string {
  if (key !== undefined) return `signed, ${key}`;
  return channel === 'review' ? 'by review' : 'unverified';
}
