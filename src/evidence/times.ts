import type { Ledger } from '../contract/state.js';
import { yanksOf } from '../contract/yanking.js';

/** A time in UTC: what people and forges say may be in another zone. */
export function utc(time: string): string;
export function utc(time: string | undefined): string | undefined;
export function utc(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

/** The seconds from one moment to a later one. */
export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

/** When the last thing happened that a release knows of. */
export function lastMoment(ledger: Ledger): string {
  const moments = [
    ledger.startedAt,
    ...ledger.steps.map(({ endedAt }) => endedAt),
    ...ledger.gates.map(({ closedAt }) => closedAt),
    ...ledger.messages.map(({ at }) => at),
    ...yanksOf(ledger).flatMap(({ provenAt, unYanks = [] }) => [
      provenAt,
      ...unYanks.map(({ provenAt: undone }) => undone),
    ]),
  ];
  const known = moments.filter((moment) => moment !== undefined).map((moment) => utc(moment));
  return known.reduce((last, moment) => (moment > last ? moment : last));
}
