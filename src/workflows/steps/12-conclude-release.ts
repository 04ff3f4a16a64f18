import { changelogMarkdown } from '../../contract/changelog.js';
import type { Outcome, Stop } from '../../contract/state.js';
import { publish } from '../activities.js';
import type { Desk } from '../desk.js';
import { candidateOf, made } from '../quality.js';
import { settleMain } from '../settling-main.js';
import { stopFromIndex, yankEverything } from '../taking-back.js';
import { followIndex, outcomeOf } from '../un-yanking.js';

/** Ends the release: deletes the branch after a good watch; after a stop rolls main back or tidies up. */
export async function concludeRelease(desk: Desk, stop?: Stop): Promise<Outcome> {
  if (stop !== undefined) return stop.kind === 'yank' ? takeBack(desk, stop) : abandon(desk);
  // A yank that is found there is a stop as any other: whoever runs this heeds it and concludes anew.
  await retireBranch(desk);
  return 'released';
}

/** Deletes the branch; or takes down the stop that somebody made on the index without telling this release. */
async function retireBranch(desk: Desk): Promise<void> {
  const { ledger, terms, subject } = desk;
  const head = made(ledger.merges.at(-1), 'merge').head;
  const { manifest } = made(ledger.final, 'final version');
  const retired = await publish.ensureBranchRetired({
    repository: terms.repository,
    branch: terms.branch,
    expected: head,
    index: terms.production,
    manifest,
    tag: candidateOf(desk).config.tag,
    notes: changelogMarkdown(candidateOf(desk).changelog),
    subject,
  });
  if ('evidence' in retired) desk.note(...retired.evidence);
  else stopFromIndex(desk, retired.yanked, retired.direct);
}

async function takeBack(desk: Desk, stop: Stop): Promise<Outcome> {
  const { ledger, terms, subject } = desk;
  await yankEverything(desk, stop);
  const main = { isRight: ledger.merges.length === 0 };
  const settle = async () => {
    if (!main.isRight) await settleMain(desk, stop);
    main.isRight = true;
  };
  // Main does not wait until a place for an installation is free.
  await Promise.all([desk.insist(settle), followIndex(desk, stop, () => main.isRight)]);
  const outcome = outcomeOf(ledger);
  if (outcome === 'abandoned')
    desk.note({
      what: `nothing of ${subject.version} came to ${terms.production.name}: there was nothing to yank`,
    });
  return outcome;
}

async function abandon(desk: Desk): Promise<Outcome> {
  const { ledger, terms } = desk;
  if (ledger.merges.length === 0) {
    desk.note({ what: `abandoned before the merge: ${terms.base} was not touched` });
    return 'abandoned';
  }
  await settleMain(desk, { kind: 'abort', reason: ledger.stop?.reason ?? 'abandoned' });
  return 'abandoned';
}
