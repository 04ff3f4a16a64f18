import { standingHolds, type Gate } from './gates.js';
import { coveredUntil } from './roster.js';
import { openGates, stillToAnswer, type Ledger } from './state.js';

/** Something that ends by itself. */
export interface Deadline {
  /** What ends, as the subject of a sentence that goes on with "ends". */
  readonly what: string;
  /** ISO 8601. */
  readonly at: string;
  /** Who has to act before it, by name, where it is not whoever is on watch. */
  readonly whom?: readonly string[];
}

/** What ends by itself at an open gate: the holds that stand, and the time in which it can be approved. */
export function gateDeadlines(ledger: Ledger, gate: Gate): (Deadline & { readonly from: string })[] {
  const { id, openedAt, expiresAt } = gate;
  const holds = standingHolds(gate).map(({ by, at: from, until: at }) => ({
    ...{ what: `the hold of ${id} by ${by}`, at, from },
    whom: [by],
  }));
  if (expiresAt === undefined) return holds;
  const what = `the time in which ${id} can be approved`;
  return [...holds, { what, at: expiresAt, from: openedAt, whom: stillToAnswer(ledger, gate) }];
}

/** What ends by itself around a release from a moment on, soonest first. */
export function deadlines(ledger: Ledger, from: string): Deadline[] {
  const { watch, readiness, terms } = ledger;
  const sessions = (readiness?.armed ?? []).map(({ driver, until }) => ({
    what: `the session in which ${driver} could yank`,
    at: until,
  }));
  const secrets = (terms?.expiries ?? []).map(({ secret, at }) => ({
    what: `the life of the secret ${secret}`,
    at,
  }));
  const gates = openGates(ledger)
    .flatMap((gate) => gateDeadlines(ledger, gate))
    .map(({ from: _from, ...deadline }) => deadline);
  const others = [
    { what: 'the watch', at: watch?.until },
    { what: 'the time for which somebody is on watch', at: coveredFrom(ledger, from) },
    {
      what: `the time in which ${terms?.production.name ?? ''} takes further files of this version`,
      at: furtherFilesUntil(ledger),
    },
    ...sessions,
    ...secrets,
  ].flatMap(({ what, at }) => (at === undefined ? [] : [{ what, at }]));
  return [...gates, ...others].filter(({ at }) => at >= from).sort((a, b) => (a.at < b.at ? -1 : 1));
}

function coveredFrom({ shifts }: Ledger, from: string): string | undefined {
  const covered = coveredUntil(shifts, from);
  return covered === from ? undefined : covered;
}

function furtherFilesUntil({ final, terms }: Ledger): string | undefined {
  const seconds = terms?.production.takesFilesFor;
  if (final?.visibleAt === undefined || seconds === undefined) return undefined;
  return new Date(Date.parse(final.visibleAt) + seconds * 1000).toISOString();
}
