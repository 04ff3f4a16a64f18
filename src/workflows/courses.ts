import type { GateId, SubjectLine } from '../contract/gates.js';
import type { MessageKind } from '../contract/messages.js';
import type { Stop } from '../contract/state.js';
import type { Finding } from '../contract/verdict.js';

/** A question to people, before it has a digest and answers. */
export interface Question {
  readonly id: GateId;
  readonly consequence: string;
  readonly subject: readonly SubjectLine[];
  readonly answers: readonly MessageKind[];
  /** Distinct approvals needed; by default what the terms say for an approval. */
  readonly quorum?: number;
  /** Whether no answer may take long: then people are asked by name, one after the other. */
  readonly urgent?: boolean;
  /** Whoever started the release may be one of the people who approve. */
  readonly anyApprover?: true;
}

/** The expected "no" of a step: it ends the step, and the procedure decides what follows. */
export class NotPassed extends Error {
  constructor(readonly findings: readonly Finding[]) {
    super(findings.map((finding) => finding.title).join('; '));
    this.name = 'NotPassed';
  }
}

/** How a part of the procedure came out. */
export type Judged<T> = { passed: true; value: T } | { passed: false; findings: readonly Finding[] };

/** What came of a part that people can stop. */
export type Course<T> = { readonly ended: T } | { readonly stopped: Stop };
