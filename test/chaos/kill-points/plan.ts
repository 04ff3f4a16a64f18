import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** One in so many of the points that a release comes by, each whenever it does; the same ones for the same seed. */
interface Sample {
  readonly seed: number;
  readonly oneIn: number;
}

/** Where a worker is to be killed: at a point by its name, at the first that matches, or at a sample. See switch.mjs. */
export type Planned = (
  { readonly point: string } | { readonly pattern: string } | { readonly sample: Sample }
) & {
  /** How long a tool has run by its "during", in milliseconds. */
  readonly after?: number;
};

/** A line of what the switch wrote: a point that a worker passed, or died at. */
export interface Seen {
  readonly point: string;
  /** How long the tool ran that ended here. */
  readonly milliseconds?: number;
  /** The one of the plan that was due here. */
  readonly kills?: number;
}

/** What the switch wrote into a folder, in order. */
export async function readSeen(folder: string): Promise<readonly Seen[]> {
  const text = await readFile(path.join(folder, 'seen.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Seen);
}

/** Every point of a run in which nobody was killed: before, during and after each tool and each exchange, in order. */
export function pointsOf(seen: readonly Seen[]): { readonly point: string; readonly after?: number }[] {
  return seen.flatMap(({ point, milliseconds }) =>
    milliseconds === undefined
      ? [{ point }]
      : [{ point: point.replace(/after$/, 'during'), after: Math.round(milliseconds / 2) }, { point }],
  );
}

/** Deals points out to so many runs, so that those of one run lie far apart. */
export function deal<T>(points: readonly T[], runs: number): T[][] {
  return Array.from({ length: runs }, (_, run) => points.filter((__, at) => at % runs === run));
}
