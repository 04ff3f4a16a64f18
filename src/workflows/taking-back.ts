import type { DirectYank } from '../contract/direct-yank.js';
import type { Stop } from '../contract/state.js';
import type { Desk } from './desk.js';
import { untilYanked } from './yanking.js';

/** Yanks every file of the version and ends only when the index says so, whoever did it, or there is nothing to yank by now. */
export async function yankEverything(desk: Desk, stop: Stop): Promise<void> {
  const { ledger } = desk;
  // Tried again after the index had said so: it is not yanked twice.
  if (ledger.yank?.provenAt !== undefined) return;
  ledger.yank ??= { reason: stop.reason, by: stop.by, askedAt: stop.at };
  const yanked = await untilYanked(desk, ledger.yank);
  if (yanked === undefined) return;
  const { driver, direct } = yanked;
  if (direct !== undefined && direct.at < ledger.yank.askedAt)
    Object.assign(ledger.yank, { by: direct.by, reason: direct.reason, askedAt: direct.at });
  ledger.yank.driver = driver;
  ledger.yank.provenAt = direct?.provenAt ?? desk.now();
}

/** The stop that follows from a yank on the index, by whoever made it; one that was asked for before stays. */
export function stopFromIndex({ ledger, now }: Desk, said: string | true, direct?: DirectYank): Stop {
  const by = direct?.by ?? 'somebody on the index';
  const reason = direct?.reason ?? (said === true ? 'no reason given' : said);
  return (ledger.stop ??= { kind: 'yank', by, at: now(), reason });
}
