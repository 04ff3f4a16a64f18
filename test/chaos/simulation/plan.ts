import type { ConfigSummary, Terms } from '../../../src/contract/release.js';
import { terms } from '../../workflows/world.js';
import type { Draws } from './draws.js';

/** What is drawn for a run before it begins; the numbers go down as they are used. */
export interface Plan {
  readonly terms: Terms;
  readonly config: ConfigSummary;
  /** How many attempts of activities may end badly. */
  faults: number;
  /** How often something may be found to be wrong. */
  findings: number;
  /** How often the drivers of a yank may be at a loss. */
  drivers: number;
  /** How many messages people send that may be wrong in any way, before they answer only what they are asked. */
  wild: number;
  /** After how many of them somebody wants the release stopped, and how; undefined where nobody does. */
  readonly stop: { readonly after: number; readonly how: 'yank' | 'abort' | 'cancel' } | undefined;
  /** Whether somebody yanks in the instant in which the watch ends. */
  readonly yankAtEnd?: true;
  /** Whether somebody yanks, or approves, after the release has ended. */
  readonly late: boolean;
  readonly armed: boolean;
}

const config: ConfigSummary = {
  digest: 'c'.repeat(64),
  suites: ['current'],
  modes: ['openai'],
  applications: ['chatbot'],
  minimumCoverage: 100,
  tag: 'v1.0.0',
};

/** Draws a run: some are quiet, most are not. */
export function planOf(draws: Draws): Plan {
  const isQuiet = draws.chance(0.1);
  const stop = {
    after: draws.below(30),
    how: draws.one(['yank', 'yank', 'abort', 'cancel'] as const),
  };
  return {
    config,
    faults: isQuiet ? 0 : draws.below(12),
    findings: isQuiet ? 0 : draws.below(4),
    drivers: draws.below(3),
    wild: isQuiet ? 0 : draws.below(40),
    stop: draws.chance(0.5) ? stop : undefined,
    late: draws.chance(0.3),
    armed: draws.chance(0.8),
    terms: {
      ...terms,
      quorum: 1 + draws.below(2),
      watchSeconds: draws.one([30, 120, 1200]),
      lateFilesSeconds: 60,
      escalateSeconds: 60,
      afterYank: draws.one(['ask', 'put-back']),
      finalVersion: draws.one(['after-merge', 'pull-request']),
      historyEvents: draws.one([2000, 100]),
      ...(draws.chance(0.2) ? { approveWithin: { merge: 60, production: 60 } } : {}),
    },
  };
}
