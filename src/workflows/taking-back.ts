import type { DirectYank } from '../contract/direct-yank.js';
import { short } from '../contract/digest.js';
import type { RevertOrder } from '../contract/activities.js';
import type { Sha } from '../contract/release.js';
import type { Evidence } from '../contract/verdict.js';
import type { Stop } from '../contract/state.js';
import { onForge, publish, urgent } from './activities.js';
import type { Desk } from './desk.js';
import { candidateOf } from './quality.js';
import { untilYanked } from './yanking.js';

/** Yanks every file of the version and ends only when the index says so, whoever did it. */
export async function yankEverything(desk: Desk, stop: Stop): Promise<void> {
  const { ledger } = desk;
  // Tried again after the index had said so: it is not yanked twice.
  if (ledger.yank?.provenAt !== undefined) return;
  ledger.yank ??= { reason: stop.reason, by: stop.by, askedAt: stop.at };
  const { driver, direct } = await untilYanked(desk, ledger.yank);
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

/** Takes the release's commits on main back by a revert, and says which stable version stands there now. */
export async function putMainBack(desk: Desk, reason: string): Promise<void> {
  const { ledger, terms, subject } = desk;
  const { lastStable, newer } = await urgent.readLastStable({
    repository: terms.repository,
    base: terms.base,
    index: terms.production,
    subject,
    tag: candidateOf(desk).config.tag,
  });
  if (newer !== undefined) {
    desk.note({
      what: `${terms.base} holds the later release ${newer.version} (${newer.tag}), so nothing is taken back there`,
    });
    return;
  }
  const commit = await revert(desk, reason);
  if (ledger.yank !== undefined) ledger.yank.rolledBack = commit;
  desk.note({
    what:
      lastStable === undefined
        ? `no earlier stable version is on ${terms.production.name}`
        : `the last stable version is ${lastStable.version} (${lastStable.tag}, ${short(lastStable.commit)})`,
  });
}

/** Reverts the merges and the version commit; a conflict is put to people until it is resolved. */
async function revert(desk: Desk, reason: string): Promise<Sha> {
  const { ledger, terms, subject } = desk;
  const { final, merges } = ledger;
  const isMerge = merges.some((merge) => merge.commit === final?.commit);
  const order: RevertOrder = {
    repository: terms.repository,
    base: terms.base,
    branch: terms.branch,
    merges: ledger.merges,
    // Whether it reached main is looked up there: a yank may have come before its push was reported.
    ...(final === undefined || isMerge ? {} : { final: final.commit }),
    tag: candidateOf(desk).config.tag,
    subject,
    reason,
  };
  for (;;) {
    const verdict = await publish.ensureReverted(order);
    if (verdict.passed) {
      desk.note(...verdict.evidence);
      if (verdict.proposed === true) await awaitProposed(desk, order, verdict.evidence);
      return verdict.commit;
    }
    await desk.ask({
      id: 'trouble',
      consequence: `Tries the revert on ${terms.base} again after the conflict was resolved by hand.`,
      subject: [
        ...verdict.findings.map((finding) => ({ label: 'finding', value: finding.title })),
        { label: 'since', value: desk.now() },
      ],
      answers: ['retry'],
    });
  }
}

/** Where main is protected people merge the revert, and main is not right before they have. */
async function awaitProposed(desk: Desk, order: RevertOrder, evidence: readonly Evidence[]): Promise<void> {
  desk.ledger.notice = evidence.map(({ what }) => what).join('; ');
  desk.show();
  const reached = await onForge.awaitReverted(order);
  delete desk.ledger.notice;
  desk.note(reached.evidence);
}
