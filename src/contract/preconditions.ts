import { refusalFor } from './failures.js';
import type { BranchHead, Digest, ReleaseRequest, Source, Terms } from './release.js';
import type { Trouble } from './trouble.js';
import type { Finding } from './verdict.js';

export const preconditionSubjects = [
  'server',
  'workers',
  'release',
  'people',
  'versions',
  'branch',
  'forge',
  'secrets',
  'yank',
  'machine',
] as const;
/** What a precondition is about; the order is the one in which people read them. */
export type PreconditionSubject = (typeof preconditionSubjects)[number];

/** Something that a release needs, or people have to know of before it: looked at, and nothing changed. */
export interface Precondition {
  readonly about: PreconditionSubject;
  /** `unknown` is what nobody can know now; `said` says why. */
  readonly state: 'pass' | 'fail' | 'unknown';
  readonly said: string;
  /** What to do, with the command to type where there is one. */
  readonly remedy?: string;
}

/** Something that holds. */
export function pass(about: PreconditionSubject, said: string): Precondition {
  return { about, state: 'pass', said };
}

/** Something that keeps a release from being started, or from being finished. */
export function fail(about: PreconditionSubject, said: string, remedy?: string): Precondition {
  return { about, state: 'fail', said, ...(remedy === undefined ? {} : { remedy }) };
}

/** Something that nobody can know now, with why. */
export function unknown(about: PreconditionSubject, said: string, remedy?: string): Precondition {
  return { about, state: 'unknown', said, ...(remedy === undefined ? {} : { remedy }) };
}

/** A problem that is told as one sentence, "what is wrong: what to do". */
export function failBy(about: PreconditionSubject, sentence: string): Precondition {
  const colon = sentence.lastIndexOf(': ');
  return colon < 0 ? fail(about, sentence) : fail(about, sentence.slice(0, colon), sentence.slice(colon + 2));
}

/** What a verdict found: its title is such a sentence. */
export function failByFinding(about: PreconditionSubject, { title, detail }: Finding): Precondition {
  const { said, remedy } = failBy(about, title);
  if (detail === undefined) return fail(about, said, remedy);
  return remedy === undefined ? fail(about, said, detail) : fail(about, said, `${remedy}: ${detail}`);
}

/** What people have to mend before there is a release. */
export function failByTrouble(about: PreconditionSubject, trouble: Trouble): Precondition {
  const said = `${trouble.now} ${trouble.not}`;
  const told = refusalFor(trouble);
  // Only behind a full stop a sentence begins.
  return said.endsWith('.') ? fail(about, said, told.slice(said.length + 1)) : fail(about, told);
}

/** The sentence of a precondition with its remedy, as a refusal tells it. */
export function sentenceOf({ said, remedy }: Precondition): string {
  if (remedy === undefined) return said;
  return said.endsWith('.') ? `${said} ${remedy}` : `${said}: ${remedy}`;
}

/** Why a release is refused, one sentence with its remedy for each precondition that fails. */
export function refusalsOf(preconditions: readonly Precondition[]): string[] {
  return preconditions.filter(({ state }) => state === 'fail').map(sentenceOf);
}

/** A package has one release at a time. */
export function leaseHeld(holder: string, packageName: string): Precondition {
  return fail(
    'release',
    `${holder} is open and holds the lease of ${packageName}`,
    'let it end, or start with --queue to wait behind it.',
  );
}

/** A commit as git shows it. */
export interface CommitCard {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** ISO 8601. */
  readonly date: string;
}

/** What a zone finds before a release, and the commands and requests by which it did. */
export interface Examined {
  readonly preconditions: readonly Precondition[];
  readonly ran: readonly string[];
}

/** Hours of the settings as people read them. */
export interface SetHours {
  /** When uploads to production begin; undefined for any hour. */
  readonly uploads?: string;
  /** When approvers can be asked, as far as a roster says it. */
  readonly people: readonly { readonly by: string; readonly hours: string }[];
}

/** What the zone that knows repository and indexes finds before a release. */
export interface PublishExamined extends Examined {
  /** Where nothing keeps a release from being started. */
  readonly terms?: Terms;
  readonly head?: BranchHead;
  readonly card?: CommitCard;
  /** Of a release that would be taken over: what is true already, and where it would go on. */
  readonly already?: readonly string[];
  /** The development version that comes first. */
  readonly next?: string;
  /** Of the service's settings. */
  readonly settings?: Digest;
  /** No term of a release: they are read anew whenever they count. */
  readonly hours?: SetHours;
}

/** What every zone found before a release. */
export interface Examination extends PublishExamined {
  readonly request: ReleaseRequest;
}

/** What each zone looks at before a release; none of it changes anything outside, and none arms a driver. */
export interface PublishExaminations {
  examinePublish(input: { request: ReleaseRequest }): Promise<PublishExamined>;
}
export interface BuildExaminations {
  /** Without a source only the machine is looked at. */
  examineBuild(input: { source?: Source }): Promise<Examined>;
}
export interface UrgentExaminations {
  examineUrgent(input: { request: ReleaseRequest }): Promise<Examined>;
}
