import type { Ledger } from './state.js';
import { secondsUntilProven, yanksOf } from './yanking.js';

/** What a release can show to anybody: what ships, what every step found, and who answered what. */
export function proofOf(ledger: Ledger): Readonly<Record<string, unknown>> {
  const { request, startedAt, candidates, merges, gates, final, waiver, watch, rollback, steps, outcome } =
    ledger;
  return {
    package: request.package,
    version: request.version,
    started: { by: request.by, at: startedAt },
    commit: final?.commit,
    files: final?.manifest.files,
    merges,
    candidates: candidates.map(({ base, version, commit, passed, coverage, findings, fix }) => ({
      ...{ base, version, commit, passed, fix },
      coverage: coverage.map(({ what }) => what),
      findings: findings.map(({ title }) => title),
    })),
    answers: gates.map(({ id, consequence, subject, digest, decisions, answer }) => ({
      ...{ question: id, consequence, subject, digest, answer },
      by: decisions.map(({ by, kind, at, channel, reason }) => ({ by, kind, at, channel, reason })),
    })),
    waiver,
    watch,
    rollback,
    yanks: yanksOf(ledger).map(({ unYanks = [], ...yank }) => ({
      ...yank,
      seconds: secondsUntilProven(yank),
      unYanks: unYanks.map((undo) => ({ ...undo, seconds: secondsUntilProven(undo) })),
    })),
    outcome: outcome?.outcome,
    steps: steps.map(({ id, state, startedAt: from, endedAt: to, evidence }) => ({
      ...{ id, state, from, to, evidence },
    })),
  };
}
