import { coveredUntil } from './roster.js';
import { openGates, type Ledger } from './state.js';

/** Something that ends by itself. */
export interface Deadline {
  /** What ends, as the subject of a sentence that goes on with "ends". */
  readonly what: string;
  /** ISO 8601. */
  readonly at: string;
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
  const expiries = openGates(ledger).map(({ id, expiresAt: at }) => ({
    what: `the time in which ${id} can be approved`,
    at,
  }));
  return [
    ...expiries,
    { what: 'the watch', at: watch?.until },
    { what: 'the time for which somebody is on watch', at: coveredFrom(ledger, from) },
    {
      what: `the time in which ${terms?.production.name ?? ''} takes further files of this version`,
      at: furtherFilesUntil(ledger),
    },
    ...sessions,
    ...secrets,
  ]
    .flatMap(({ what, at }) => (at === undefined || at < from ? [] : [{ what, at }]))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
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
