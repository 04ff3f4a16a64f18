import { short } from './digest.js';
import type { Sha } from './release.js';
import type { IndexAct, Ledger, Rollback, UnYankRecord, YankRecord } from './state.js';

/** The seconds from the message to the index that says so; undefined as long as it does not. */
export function secondsUntilProven({ askedAt, provenAt }: IndexAct): number | undefined {
  return provenAt === undefined ? undefined : (Date.parse(provenAt) - Date.parse(askedAt)) / 1000;
}

/** The un-yank that people are asked about or that is being carried out. */
export function pendingUnYank({ unYanks = [] }: YankRecord): UnYankRecord | undefined {
  const last = unYanks.at(-1);
  return last?.provenAt === undefined && last?.rejectedBy === undefined ? last : undefined;
}

/** Whether two people have agreed to take the yank back; from then on the index need not say yanked. */
export function isUndone({ unYanks = [] }: YankRecord): boolean {
  return unYanks.at(-1)?.approvedBy !== undefined;
}

/** What a release can show of its yanks, oldest first. */
export function yanksOf({ formerYanks = [], yank }: Ledger): YankRecord[] {
  return yank === undefined ? formerYanks : [...formerYanks, yank];
}

/** Whether the index was seen to serve every file before anything was stopped. */
export function isWhole({ final }: Ledger): boolean {
  return final?.visibleAt !== undefined;
}

/** Whether anything of the release was ever seen on the index. */
export function wasSeen(ledger: Ledger): boolean {
  const isSeen = ({ listed, provenAt }: YankRecord) => listed === true || provenAt !== undefined;
  return isWhole(ledger) || yanksOf(ledger).some(isSeen);
}

/** What people read of a release that is taken back, on its index and on main, a line for each fact. */
export function takingBackLines(ledger: Ledger): string[] {
  return [...yankLines(ledger), ...mainLines(ledger)];
}

function yankLines(ledger: Ledger): string[] {
  return yanksOf(ledger).flatMap((yank) => [
    `yank asked for by ${yank.by} at ${yank.askedAt}: ${yank.reason}`,
    ...(yank.provenAt === undefined ? (yank.calls ?? []) : []).map(
      ({ who, at }) => `${who} was asked to yank by hand at ${at}`,
    ),
    ...provenLines(yank),
    ...fallbackLines(yank),
    ...(yank.unYanks ?? []).flatMap((undo) => [
      `un-yank asked for by ${undo.by} at ${undo.askedAt}: ${undo.reason}`,
      ...(undo.approvedBy === undefined ? [] : [`approved by ${undo.approvedBy.join(' and ')}`]),
      ...(undo.rejectedBy === undefined ? [] : [`rejected by ${undo.rejectedBy}`]),
      ...provenLines(undo),
    ]),
  ]);
}

function provenLines(act: IndexAct): string[] {
  const seconds = secondsUntilProven(act);
  if (seconds === undefined) return [];
  return [
    `the index said so at ${act.provenAt ?? ''}, ${seconds.toFixed(1)} s after the message; done by ${act.driver ?? 'somebody'}`,
  ];
}

function fallbackLines({ fallback }: YankRecord): string[] {
  if (fallback === undefined) return [];
  if ('waivedBy' in fallback)
    return [`${fallback.waivedBy} goes without the proof by an installation: ${fallback.why}`];
  const { versions } = fallback;
  return [
    `an installation without a pin takes ${versions.length === 0 ? 'no version' : versions.join(' or ')}`,
  ];
}

function mainLines({ request, rollback, terms }: Ledger): string[] {
  if (rollback === undefined) return [];
  const { chosen, by, unchanged } = rollback;
  const base = terms?.base ?? 'main';
  if (unchanged !== undefined) return [`${base} ${staysUnchanged(request.version, unchanged)}`];
  if (by !== undefined && chosen === 'kept') return [`${by} kept ${base} as it is`];
  return [putBackLine(base, rollback)];
}

function putBackLine(base: string, { commit, by, lastStable }: Rollback): string {
  const state = commit === undefined ? 'is being put back' : 'is put back';
  const made = commit === undefined ? '' : ` by ${short(commit)}`;
  const chose = by === undefined ? '' : `, as ${by} chose`;
  return `${base} ${state} to ${lastStable?.version ?? 'what it was'}${made}${chose}`;
}

/** What is true of main where nothing was reverted, since it has the same files without the release. */
export function staysUnchanged(version: string, head: Sha): string {
  return `stays at ${short(head)} without a revert: taking ${version} out changes no file of it`;
}
