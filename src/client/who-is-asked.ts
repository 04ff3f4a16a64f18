import { formatDuration } from '../contract/duration.js';
import type { SetHours } from '../contract/preconditions.js';
import type { ReleaseRequest, Terms } from '../contract/release.js';
import { signableGates, signerOf } from '../contract/signing.js';

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** Whom a release would ask and what an answer takes to count, a sentence each; what is not set is said, too. */
export function peopleLines(
  { by }: Pick<ReleaseRequest, 'by'>,
  terms: Terms,
  hours: SetHours | undefined,
): string[] {
  return [
    `branch, merge and production: ${String(terms.quorum)} of ${terms.approvers.join(', ')}`,
    'coverage, test-index and window, where they are asked: as many of them',
    'every other question, and a rejection: one of them',
    twoLine(terms),
    startedLine(by, terms),
    signedLine(terms),
    ...keyLines(terms),
    expiryLine(terms),
    terms.notifies === true
      ? 'people are told when they have to act, by the channels of the settings'
      : 'nobody is told when to act: the settings name no channel, so `slipway status` has to be looked at',
    `where no answer may take long, the next person is asked after ${formatDuration(terms.escalateSeconds)}`,
    ...rosterLines(hours),
  ];
}

function twoLine({ approvers }: Terms): string {
  return approvers.length > 1
    ? 'amend, which changes who approves, and un-yank: two of them, also who started it'
    : 'nobody can amend who approves, or un-yank: both take two approvers';
}

function startedLine(by: string, { approvers, selfApproval }: Terms): string {
  if (!approvers.includes(by)) return `started by ${by}, who is no approver`;
  if (selfApproval === false) return `started by ${by}, who may not approve it`;
  const delay = formatDuration(selfApproval.delaySeconds);
  return `started by ${by}, who may approve it, too: with the version typed again, ${delay} after a card was opened at the earliest`;
}

function signedLine({ signatures }: Terms): string {
  const demanded = signatures?.demanded ?? [];
  if (demanded.length === 0)
    return 'no approval has to be signed: unsigned ones count, and their names are claims';
  const said = `an approval counts only if it is signed at ${list.format(demanded)}`;
  return demanded.length === signableGates.length ? said : `${said}; everywhere else also unsigned`;
}

function keyLines({ approvers, signatures }: Terms): string[] {
  const signers = (signatures?.signers ?? []).map(signerOf);
  const known = approvers.filter((person) => signers.includes(person));
  const others = approvers.filter((person) => !signers.includes(person));
  if (known.length === 0) return ['no key of anybody is known, so that nobody can sign'];
  return [
    `keys are known of ${list.format(known)}`,
    ...(others.length === 0 ? [] : [`no key is known of ${list.format(others)}, who cannot sign`]),
  ];
}

function expiryLine({ approveWithin = {} }: Terms): string {
  const gates = ['branch', 'merge', 'production'] as const;
  const ends = gates.flatMap((gate) => {
    const seconds = approveWithin[gate];
    return seconds === undefined ? [] : [`${formatDuration(seconds)} at ${gate}`];
  });
  if (ends.length === 0) return 'a card can be approved without end';
  const rest = gates.filter((gate) => approveWithin[gate] === undefined);
  const endless = rest.length === 0 ? '' : `, without end at ${list.format(rest)}`;
  return `a card can be approved for ${list.format(ends)}${endless}; when it expires it is asked anew`;
}

function rosterLines(hours: SetHours | undefined): string[] {
  if (hours === undefined) return [];
  if (hours.people.length === 0) return ['no roster says at which hours anybody can be asked'];
  return hours.people.map((each) => `${each.by} can be asked ${each.hours}`);
}
