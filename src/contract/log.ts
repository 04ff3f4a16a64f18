import type { Digest } from './release.js';

/** The update by which a log is read. */
export const readLogName = 'readLog';

/** The workflow id of one reading of a release's log. */
export function logId(packageName: string, version: string, reading: string): string {
  return `log/${packageName}/${version}/${reading}`;
}

/** What is wanted of a log: a piece of something that is kept, or what tools print that run now. */
export type LogQuestion =
  | { readonly digest: Digest; readonly offset: number }
  | {
      /** Of the release, and of what was done with it after its end. */
      readonly workflowIds: readonly string[];
      /** Nothing of tools that began before, ISO 8601. */
      readonly since: string;
      /** How many bytes of each output, by its name, the asker has. */
      readonly seen: Readonly<Record<string, number>>;
      /** How long to wait where there is nothing new. */
      readonly seconds: number;
    };

/** A piece of something kept; never more than some hundred kilobytes. */
export interface KeptPiece {
  readonly text: string;
  /** The offset of what follows, in bytes. */
  readonly next: number;
  readonly size: number;
}

/** What a tool has printed since the asker's last question. */
export interface RunningPiece extends KeptPiece {
  /** Of its output. */
  readonly name: string;
  /** What runs, on one line. */
  readonly title: string;
}

/** The answer to a question: a piece, why there is none, or a piece of each output with something new. */
export type LogAnswer =
  | KeptPiece
  | { readonly missing: true }
  | { readonly binary: true; readonly size: number }
  | { readonly running: readonly RunningPiece[] };
