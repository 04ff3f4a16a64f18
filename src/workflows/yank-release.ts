import type { YankRequest } from '../contract/handles.js';
import type { Ledger, ReleaseOutcome, Stop } from '../contract/state.js';
import { takeUpAgain } from './late.js';
import { concludeRelease } from './steps/12-conclude-release.js';

/** Yanks a version whose release has ended, and concludes it anew. */
export async function yankRelease(request: YankRequest): Promise<ReleaseOutcome> {
  return takeUpAgain(request, 'yank', async (desk, { by, at, reason }) => {
    const stop: Stop = { kind: 'yank', by, at, reason };
    beginAnew(desk.ledger, stop);
    return desk.step('12-conclude-release', () => concludeRelease(desk, stop));
  });
}

/** An earlier yank that the index had shown stays in the record. */
function beginAnew(ledger: Ledger, stop: Stop): void {
  const { yank, formerYanks = [] } = ledger;
  if (yank?.provenAt !== undefined) ledger.formerYanks = [...formerYanks, yank];
  delete ledger.yank;
  ledger.stop = stop;
}
