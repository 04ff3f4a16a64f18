import type { MessageKind } from '../../src/contract/messages.js';
import type { Digest, Sha } from '../../src/contract/release.js';
import type { Ledger } from '../../src/contract/state.js';

/** What every record of the other side has; `at` is ISO 8601 in UTC or a logical time: it sorts as text. */
interface Recorded {
  readonly at: string;
  /** Somebody else than the service did it. */
  readonly foreign?: true;
  /** Who did it, where leases are recorded too: the name under which they were taken. */
  readonly writer?: string;
}

/** A file's state on an index has changed. */
export interface FileEffect extends Recorded {
  readonly kind: 'stored' | 'yanked' | 'un-yanked' | 'deleted';
  readonly index: 'test' | 'production';
  readonly version: string;
  readonly filename: string;
  readonly sha256: Digest;
  /** When the request began that stored it, if that is known. */
  readonly begunAt?: string;
}

/** A ref has moved; without `from` it was created, without `to` deleted. */
export interface RefEffect extends Recorded {
  readonly kind: 'ref';
  /** In full: `refs/heads/main`. */
  readonly ref: string;
  readonly from?: Sha;
  readonly to?: Sha;
  readonly fastForward: boolean;
  /** What the change is for, where the record tells: the service may make one such change of a ref. */
  readonly key?: string;
}

/** A lease was taken or given back; what holds it may write. */
export interface LeaseEffect extends Recorded {
  readonly kind: 'lease';
  readonly lease: string;
  readonly change: 'taken' | 'given back';
  readonly writer: string;
}

/** A state change outside, as the other side recorded it. */
export type Effect = FileEffect | RefEffect | LeaseEffect;

/** A file as an index lists it in the end. */
export interface ListedFile {
  readonly version: string;
  readonly filename: string;
  readonly sha256: Digest;
  readonly yanked: boolean;
}

/** A message as its sender knows it. */
export interface SentMessage {
  readonly id: string;
  readonly kind: MessageKind;
  readonly by: string;
  readonly sentAt: string;
  readonly gate?: string;
  readonly digest?: Digest;
  readonly expires?: string;
  /** What was answered and when; a signal, and an update whose reply was lost, have no answer. */
  readonly answer?: { readonly counted: boolean; readonly at: string };
}

/** What became of a release's world. */
export interface Observation {
  readonly release: {
    readonly package: string;
    readonly version: string;
    /** Branch names, not refs. */
    readonly base: string;
    readonly branch: string;
    readonly tag: string;
  };
  readonly seed?: number;
  /** The command that plays it again. */
  readonly reproduce: string;
  /** In the order in which they happened. */
  readonly effects: readonly Effect[];
  readonly rest: {
    readonly test: readonly ListedFile[];
    readonly production: readonly ListedFile[];
    /** Full names and where they stand. */
    readonly refs: Readonly<Record<string, Sha>>;
  };
  readonly messages: readonly SentMessage[];
  /** Commits of other people, and whether the ref that they were pushed to still holds them in the end. */
  readonly foreign?: readonly { readonly ref: string; readonly commit: Sha; readonly kept: boolean }[];
  /** The activities that the engine's history schedules, if it was read: I13 wants one for each effect. */
  readonly scheduled?: readonly { readonly activity: string; readonly at: string }[];
  /** How long it may take until an upload at work hears of a yank, in milliseconds of ISO time; 0 by default. */
  readonly hearsWithin?: number;
  /** What the service says of itself: claims, which are judged against the rest; undefined where nothing was kept. */
  readonly ledger?: Ledger;
  /** The least number of effects of the service: with fewer, the run proves nothing. */
  readonly least: number;
}

export const invariants = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I13',
  'I14',
] as const;
/** The invariants that can be judged by such records; I11 (secrets) and I12 (processes) are looked at where tools run. */
export type Invariant = (typeof invariants)[number];

/** One way in which an invariant does not hold; `least` is a run in which too little happened. */
export interface Broken {
  readonly invariant: Invariant | 'least';
  readonly what: string;
}

/** What the service itself did to files, in order. */
export function fileEffects({ effects }: Observation, index?: FileEffect['index']): FileEffect[] {
  return effects.filter(
    (effect): effect is FileEffect =>
      effect.kind !== 'ref' && effect.kind !== 'lease' && (index === undefined || effect.index === index),
  );
}

/** How the release's own version changed on the production index, in order. */
export function production(seen: Observation): FileEffect[] {
  return fileEffects(seen, 'production').filter(({ version }) => version === seen.release.version);
}

/** The files that the production index stored, in order. */
export function uploads(seen: Observation): FileEffect[] {
  return production(seen).filter(({ kind }) => kind === 'stored');
}

/** How refs moved, in order; of one ref if it is named. */
export function refEffects({ effects }: Observation, ref?: string): RefEffect[] {
  return effects.filter(
    (effect): effect is RefEffect => effect.kind === 'ref' && (ref === undefined || effect.ref === ref),
  );
}

/** The refs of a release by what they are to it. */
export function refsOf({ release: { base, branch, tag } }: Observation) {
  return { base: `refs/heads/${base}`, branch: `refs/heads/${branch}`, tag: `refs/tags/${tag}` };
}

/** The release's files on the production index in the end. */
export function listed({ release, rest }: Observation): ListedFile[] {
  return rest.production.filter(({ version }) => version === release.version);
}
