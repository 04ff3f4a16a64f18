import type { Digest } from './release.js';

/** A line of evidence in numbers, so that nobody has to read them out of its words. */
export type Fact =
  | {
      readonly kind: 'tests';
      /** What the tests belong to. */
      readonly of: 'suite' | 'mode' | 'application';
      readonly name: string;
      /** The version that they ran against, where it was installed from files. */
      readonly version?: string;
      /** Which Python they ran on, where there is a choice. */
      readonly python?: string;
      readonly passedTests: number;
      readonly skippedTests: number;
    }
  | {
      readonly kind: 'coverage';
      /** A suite, or all of them together. */
      readonly of: 'suite' | 'union';
      /** Of the suite. */
      readonly name?: string;
      readonly lines: number;
      readonly coveredLines: number;
      /** How many files these lines are in, where a suite is declared to cover them. */
      readonly declaredFiles?: number;
      readonly branches?: number;
      readonly coveredBranches?: number;
    }
  | {
      /** What an index was read back to serve. */
      readonly kind: 'served';
      readonly index: string;
      readonly version: string;
      readonly files: readonly {
        readonly filename: string;
        readonly sha256: Digest;
        readonly provenance?: boolean;
      }[];
    }
  | {
      /** The final files were compared with those of a candidate. */
      readonly kind: 'version-only';
      readonly candidate: string;
      readonly version: string;
      /** Files inside the wheel and the sdist. */
      readonly comparedFiles: number;
    };
