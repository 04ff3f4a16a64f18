import type { Outcome, Stop } from '../../contract/state.js';
import { publish, urgent } from '../activities.js';
import type { Desk } from '../desk.js';
import { putMainBack, yankEverything } from '../taking-back.js';

/** Ends the release: deletes the branch after a good watch; after a stop rolls main back or tidies up. */
export async function concludeRelease(desk: Desk, stop?: Stop): Promise<Outcome> {
  if (stop !== undefined) return stop.kind === 'yank' ? takeBack(desk, stop) : abandon(desk);
  await deleteBranch(desk);
  return 'released';
}

async function deleteBranch(desk: Desk): Promise<void> {
  const { terms, ledger } = desk;
  const head = ledger.merges.at(-1)?.head;
  if (head === undefined) throw new Error('a release without a merge cannot be concluded');
  const { evidence } = await publish.ensureBranchDeleted({
    repository: terms.repository,
    branch: terms.branch,
    expected: head,
  });
  desk.note(evidence);
}

async function takeBack(desk: Desk, stop: Stop): Promise<Outcome> {
  const { ledger, terms, subject } = desk;
  const { files } = await urgent.readIndexedFiles({ index: terms.production, subject });
  if (files.length === 0) {
    desk.note({
      what: `nothing of ${subject.version} was on ${terms.production.name}: there is nothing to yank`,
    });
    return abandon(desk);
  }
  await yankEverything(desk, stop);
  if (ledger.merges.length > 0) await putMainBack(desk, stop.reason);
  return 'yanked';
}

async function abandon(desk: Desk): Promise<Outcome> {
  const { ledger, terms } = desk;
  if (ledger.merges.length === 0) {
    desk.note({ what: `abandoned before the merge: ${terms.base} was not touched` });
    return 'abandoned';
  }
  const answer = await desk.ask({
    id: 'put-main-back',
    consequence: `Reverts the merge on ${terms.base}, other people's commits stay; reject leaves ${terms.base} as it is.`,
    subject: ledger.merges.map((merge) => ({ label: 'merge', value: merge.commit })),
    answers: ['approve', 'reject'],
  });
  if (answer.kind === 'approve') await putMainBack(desk, ledger.stop?.reason ?? 'abandoned');
  else desk.note({ what: `${answer.by} left ${terms.base} as it is` });
  return 'abandoned';
}
