import type { z } from 'zod';

import type { Probe, ProbeWork } from '../contract/probes.js';
import { count, flag, named, seconds, shortName, table, texts } from './schema.js';

/** A look at the index is cheap, and a minute more of a bad file is a thousand installations; people write more slowly. */
const intervals = { index: 5 * 60, issues: 15 * 60, install: 3600, mode: 3600, application: 3600 };

/** What fails may be a hiccup, and what somebody has written is there. */
const failuresOf = (does: ProbeWork['does']) => (does === 'issues' ? 1 : 2);

const probeTable = table({
  enabled: flag.default(true).describe('Whether it runs; `index` does unless it is taken out here.'),
  mode: shortName.optional().describe('The mode whose tests have to pass again.'),
  application: shortName.optional().describe('The application whose tests have to pass again.'),
  packages: texts.optional().describe('The packages that it guards; all by default.'),
  interval: seconds
    .optional()
    .describe(
      'How long after one time it runs the next; `5m` for `index`, `15m` for `issues`, `1h` for others by default.',
    ),
  delay: seconds
    .optional()
    .describe('How long after the beginning of the watch it runs first; its interval by default.'),
  failures: count
    .optional()
    .describe(
      'After how many failures in a row people are asked to yank or to keep; `1` for `issues`, `2` for others by default.',
    ),
  unmeasured: count
    .default(6)
    .describe('After how many times in a row without a measurement people are asked what follows.'),
  'report-only': flag
    .default(false)
    .describe('Whether it only leaves evidence and asks nobody: for a new probe.'),
});

/** The probes by their names: `index`, `issues` and `install` are what they are called, any other one has a mode or an application. */
export const probeTables = named(shortName, probeTable).default({});

type ProbeTables = z.output<typeof probeTables>;

/** A probe as the settings have it. */
export interface ProbeSetting extends Probe {
  /** The packages that it guards; all where it names none. */
  readonly packages?: readonly string[];
}

/** What is wrong with probes, a sentence each. */
export function probeProblems(tables: ProbeTables = {}, known: readonly string[]): string[] {
  return Object.entries(tables).flatMap(([name, { mode, application, packages = [] }]) => {
    const tests = [mode, application].filter((value) => value !== undefined).length;
    const strangers = packages.filter((guarded) => !known.includes(guarded));
    return [
      ...(isOwn(name) && tests > 0
        ? [`${name} takes neither mode nor application: give that probe another name`]
        : []),
      ...(!isOwn(name) && tests !== 1
        ? [`${name} needs either the key mode or the key application: the tests that have to pass again`]
        : []),
      ...strangers.map((guarded) => `${name} guards ${guarded}, which is no package of this file`),
    ];
  });
}

/** The probes that run, `index` among them unless it is taken out. */
export function probesFrom(tables: ProbeTables): ProbeSetting[] {
  const all = { ...probeTables.parse({ index: {} }), ...tables };
  return Object.entries(all)
    .filter(([, { enabled }]) => enabled)
    .map(([name, from]) => {
      const work = workOf(name, from);
      const { interval = intervals[work.does], failures = failuresOf(work.does) } = from;
      return {
        name,
        work,
        intervalSeconds: interval,
        delaySeconds: from.delay ?? interval,
        failures,
        unmeasured: from.unmeasured,
        reportOnly: from['report-only'],
        ...(from.packages === undefined ? {} : { packages: from.packages }),
      };
    });
}

function isOwn(name: string): name is 'index' | 'issues' | 'install' {
  return name === 'index' || name === 'issues' || name === 'install';
}

function workOf(name: string, { mode, application }: ProbeTables[string]): ProbeWork {
  if (isOwn(name)) return { does: name };
  if (mode !== undefined) return { does: 'mode', mode };
  return { does: 'application', application: application ?? name };
}
