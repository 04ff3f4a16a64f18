import type { Probe, ProbeRecord } from '../contract/probes.js';
import type { IndexAct, Ledger, YankRecord } from '../contract/state.js';
import { secondsUntilProven, yanksOf } from '../contract/yanking.js';
import type { ReleaseEvidence } from './schema.js';
import { utc } from './times.js';

/** What the probes of the watch counted. */
export function probesOf(
  records: readonly ProbeRecord[],
  wanted: readonly Probe[],
): ReleaseEvidence['probes'] {
  return records.map(({ name, tally, dropped, brokenOff }) => ({
    name,
    intervalSeconds: wanted.find((probe) => probe.name === name)?.intervalSeconds,
    runs: tally.runs,
    failedRuns: tally.failed,
    lastResult:
      tally.last === undefined
        ? undefined
        : { text: tally.last.what, keptAs: tally.last.digest, at: utc(tally.last.at) },
    droppedBy: dropped,
    brokenOff,
  }));
}

/** Every yank, and what became of taking it back. */
export function yanksEvidence(ledger: Ledger): ReleaseEvidence['yanks'] {
  return yanksOf(ledger).map((yank) => ({
    ...actOf(yank),
    rolledBack: yank.rolledBack,
    ...fallbackOf(yank),
    asked: (yank.calls ?? []).map(({ who, at }) => ({ who, at: utc(at) })),
    unYanks: (yank.unYanks ?? []).map((undo) => ({
      ...actOf(undo),
      approvedBy: undo.approvedBy === undefined ? undefined : [...undo.approvedBy],
      approvedAt: utc(undo.approvedAt),
      rejectedBy: undo.rejectedBy,
    })),
  }));
}

function actOf(act: IndexAct) {
  const { reason, by, askedAt, driver, provenAt } = act;
  return {
    ...{ reason, by, askedAt: utc(askedAt), driver },
    provenAt: utc(provenAt),
    provenAfterSeconds: secondsUntilProven(act),
  };
}

function fallbackOf({ fallback }: YankRecord) {
  if (fallback === undefined) return {};
  return 'waivedBy' in fallback
    ? { fallbackWaived: { by: fallback.waivedBy, why: fallback.why } }
    : { fallbackVersions: [...fallback.versions] };
}

/** What became of main after its release was taken back. */
export function rollbackOf({ rollback }: Ledger): Pick<ReleaseEvidence, 'rollback'> {
  if (rollback === undefined) return {};
  const { chosen, by, commit, unchanged, lastStable } = rollback;
  return {
    rollback: {
      ...{ chosen, by, commit, unchanged },
      ...(lastStable === undefined ? {} : { lastStable: { ...lastStable } }),
    },
  };
}
