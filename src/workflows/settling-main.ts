import type { LastStable, StableNeighbours } from '../contract/activities.js';
import type { RevertOrder } from '../contract/reverting.js';
import { short } from '../contract/digest.js';
import type { SubjectLine } from '../contract/gates.js';
import type { Rollback, Stop } from '../contract/state.js';
import type { Evidence } from '../contract/verdict.js';
import { publish, urgent } from './activities.js';
import type { Desk } from './desk.js';
import { putBack, withoutRevert, type Choice } from './putting-back.js';
import { candidateOf } from './quality.js';

type Stopped = Pick<Stop, 'kind' | 'reason'>;

/** Settles what becomes of main once its release was taken back or given up: put back, or kept to be mended, as people choose. */
export async function settleMain(desk: Desk, stop: Stopped): Promise<void> {
  const { ledger, terms } = desk;
  const { base, branch } = terms;
  const order = orderOf(desk, stop.reason);
  const { evidence } = await publish.ensureWithdrawn(order);
  desk.note(...evidence, { what: `${branch} is kept: a fix can go on from it` });
  const stable = await urgent.readLastStable({ ...order, index: terms.production });
  desk.note(...describeStable(desk, stable));
  if (stable.newer !== undefined) return;
  const { lastStable } = stable;
  const found = lastStable === undefined ? {} : { lastStable };
  ledger.rollback = { ...found, ...(withoutPeople(desk, stop, stable) ?? (await choose(desk, stable))) };
  if (ledger.rollback.chosen === 'put back')
    Object.assign(ledger.rollback, await putBack(desk, { ...order, ...found }));
  const { commit } = ledger.rollback;
  if (ledger.yank !== undefined && commit !== undefined) ledger.yank.rolledBack = commit;
  if (ledger.rollback.chosen === 'kept') desk.note({ what: `${ledger.rollback.by} kept ${base} as it is` });
}

/** What becomes of main where people have nothing to choose: nothing is to be taken out of it, or the settings say so. */
function withoutPeople(desk: Desk, { kind }: Stopped, { noRevert }: StableNeighbours): Rollback | undefined {
  if (noRevert !== undefined) {
    desk.note(...noRevert.evidence);
    return withoutRevert(noRevert);
  }
  return kind === 'yank' && desk.terms.afterYank === 'put-back'
    ? { chosen: 'put back', by: 'the settings' }
    : undefined;
}

/** Asks whether main is put back; either answer takes one person, and no yank has waited for it. */
async function choose(desk: Desk, stable: StableNeighbours): Promise<Choice> {
  const { base } = desk.terms;
  const answer = await desk.ask({
    id: 'put-main-back',
    consequence: `Approve takes these commits out of ${base} by a revert, once the suites have passed on it; reject keeps ${base} as it is, for a fix that is released under another version.`,
    subject: [...stableLines(desk, stable), ...revertedLines(desk)],
    answers: ['approve', 'reject'],
    quorum: 1,
    urgent: true,
  });
  return { chosen: answer.kind === 'approve' ? 'put back' : 'kept', by: answer.by };
}

function stableLines(desk: Desk, stable: StableNeighbours): SubjectLine[] {
  const { lastStable, unread } = stable;
  return [
    {
      label: 'last stable',
      value: lastStable === undefined ? `none: ${whyNone(desk, stable)}` : nameOf(lastStable),
    },
    ...(unread === undefined ? [] : [{ label: 'know that', value: byTagsAlone(unread) }]),
  ];
}

function revertedLines({ ledger, terms }: Desk): SubjectLine[] {
  const { merges, final } = ledger;
  const isMerge = merges.some(({ commit }) => commit === final?.commit);
  return [
    ...merges.map(({ commit }) => ({ label: 'merge', value: commit })),
    ...(final === undefined || isMerge ? [] : [{ label: 'version commit', value: final.commit }]),
    { label: 'stays', value: `what other people have committed to ${terms.base}` },
  ];
}

function orderOf(desk: Desk, reason: string): RevertOrder {
  const { ledger, terms, subject } = desk;
  const { final, merges } = ledger;
  const isMerge = merges.some((merge) => merge.commit === final?.commit);
  return {
    repository: terms.repository,
    base: terms.base,
    branch: terms.branch,
    merges,
    // Whether it reached main is looked up there: a yank may have come before its push was reported.
    ...(final === undefined || isMerge ? {} : { final: final.commit }),
    tag: candidateOf(desk).config.tag,
    subject,
    reason,
  };
}

function describeStable(desk: Desk, stable: StableNeighbours): Evidence[] {
  const { lastStable, newer, unread } = stable;
  const { base } = desk.terms;
  const what =
    newer !== undefined
      ? `${base} holds the later release ${newer.version} (${newer.tag}), so nothing is taken back there`
      : lastStable === undefined
        ? `there is no last stable version: ${whyNone(desk, stable)}`
        : `the last stable version is ${nameOf(lastStable)}`;
  return [...(unread === undefined ? [] : [{ what: byTagsAlone(unread) }]), { what }];
}

function byTagsAlone(unread: string): string {
  return `${unread}. So tags alone tell which version is stable, and not whether it was yanked`;
}

function whyNone({ terms, subject }: Desk, { onlyTagged }: StableNeighbours): string {
  const { base, production } = terms;
  return onlyTagged === undefined
    ? `${base} holds the tag of no stable version before ${subject.version}`
    : `${base} holds tags of stable versions before ${subject.version}, ${onlyTagged} the latest, but ${production.name} lists none of these versions, or only as yanked`;
}

function nameOf({ version, tag, commit }: LastStable): string {
  return `${version} (${tag}, ${short(commit)})`;
}
