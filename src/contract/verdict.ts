import type { Fact } from './facts.js';
import type { Digest } from './release.js';

/** A fact that proves something, small enough for the engine's history; long ones are in the artifact store. */
export interface Evidence {
  readonly what: string;
  /** Where the whole of it is kept in the artifact store. */
  readonly digest?: Digest;
  /** The numbers in it. */
  readonly facts?: readonly Fact[];
}

/** Something that people have to look at. */
export interface Finding {
  /** One line. */
  readonly title: string;
  /** A short tail of the output or the exact places; never more than `maxDetail` characters. */
  readonly detail?: string;
  /** The full output in the artifact store. */
  readonly log?: Digest;
  /** What of it looks like trouble of somebody outside, such as a provider's 429: a run on the same files may pass. */
  readonly outside?: string;
}

/** The longest detail of a finding, in characters. */
export const maxDetail = 1500;

/** An expected yes or no: passed with evidence and a value, or not passed with findings. */
export type Verdict<T = object> =
  | ({ readonly passed: true; readonly evidence: readonly Evidence[] } & T)
  | {
      readonly passed: false;
      readonly findings: readonly Finding[];
      readonly evidence: readonly Evidence[];
    };

/** A finding whose detail is cut to the tail that fits. */
export function finding(title: string, detail?: string, log?: Digest): Finding {
  const tail = detail !== undefined && detail.length > maxDetail ? `…${detail.slice(1 - maxDetail)}` : detail;
  return {
    title,
    ...(tail === undefined || tail === '' ? {} : { detail: tail }),
    ...(log === undefined ? {} : { log }),
  };
}

/** A verdict that did not pass. */
export function notPassed(findings: readonly Finding[], evidence: readonly Evidence[] = []): Verdict<never> {
  return { passed: false, findings, evidence };
}
