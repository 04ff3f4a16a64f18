import { judge, report } from '../judge.js';
import type { Broken } from '../observation.js';
import { simulate, type Wanted } from './simulate.js';

/** What many seeds came to. */
export interface Tally {
  /** How often each outcome came; `continued` is how many runs went on as a new one. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What went wrong, with the command that plays it again. */
  readonly wrong: readonly string[];
}

/** Plays seeds one after the other, and has each judged. */
export async function playSeeds(from: number, count: number, wanted: Wanted = {}): Promise<Tally> {
  const outcomes: Record<string, number> = {};
  const wrong: string[] = [];
  const tally = (what: string) => {
    outcomes[what] = (outcomes[what] ?? 0) + 1;
  };
  for (let seed = from; seed < from + count; seed++) {
    const { observation, outcome, pagesTurned, wrong: other } = await simulate(seed, wanted);
    tally(outcome);
    if (pagesTurned > 0) tally('continued');
    const broken = report(observation);
    if (broken !== '') wrong.push(broken);
    if (other.length > 0) wrong.push(`${other.join('\n')}\nplay it again: ${observation.reproduce}`);
  }
  return { outcomes, wrong };
}

/** Which seeds were played, and what they came to, in words. */
export function seedsSaid(from: number, count: number, outcomes: Tally['outcomes']): string {
  const each = Object.entries(outcomes).map(([what, times]) => `${String(times)} ${what}`);
  return `seeds ${String(from)} to ${String(from + count - 1)}: ${each.sort().join(', ')}`;
}

/** What the judge says of the first of some seeds at which it says anything. */
export async function firstBroken(
  wanted: Wanted,
  is: (broken: Broken) => boolean,
  most = 40,
): Promise<Broken | undefined> {
  for (let seed = 0; seed < most; seed++) {
    const found = judge((await simulate(seed, wanted)).observation).find(is);
    if (found !== undefined) return found;
  }
  return undefined;
}
