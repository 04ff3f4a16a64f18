import { expect, test } from 'vitest';

import { renderPlan } from '../../src/client/plan.js';
import type { SetHours } from '../../src/contract/preconditions.js';
import type { BranchHead, Terms } from '../../src/contract/release.js';
import { signableGates } from '../../src/contract/signing.js';
import { exampleCandidate, exampleLedger } from '../contract/example-release.js';

const screen = { width: 200, colour: false, now: new Date('2026-01-01T00:00:00Z') };

interface Changes {
  readonly terms?: Partial<Terms>;
  readonly hours?: SetHours;
  readonly changelog?: BranchHead['changelog'];
  readonly by?: string;
}

/** The lines of a plan below one of its titles. */
function below(title: string, { terms: changed = {}, hours, changelog, by = 'ada' }: Changes = {}): string[] {
  const { request, terms } = exampleLedger({}, changed);
  if (terms === undefined) throw new Error('the example has no terms');
  const { config } = exampleCandidate({});
  const lines = renderPlan(
    {
      examination: {
        request: { ...request, by },
        ...{ preconditions: [], ran: [] },
        ...(hours === undefined ? {} : { hours }),
      },
      terms,
      head: { commit: 'c'.repeat(40), config, configChanges: [], ...(changelog && { changelog }) },
      steps: [],
    },
    screen,
  );
  const from = lines.findIndex((line) => line.startsWith(title)) + 1;
  return lines.slice(from, lines.indexOf('', from)).map((line) => line.trim());
}

const asked = (changes?: Changes) => below('who is asked', changes);
const about = (word: string, changes?: Changes) => asked(changes).filter((line) => line.includes(word));

test('a plan without further settings says what is not set', () => {
  expect(asked()).toEqual([
    'branch, merge and production: 1 of ada, grace, linus',
    'coverage, test-index and window, where they are asked: as many of them',
    'every other question, and a rejection: one of them',
    'amend, which changes who approves, and un-yank: two of them, also who started it',
    'started by ada, who may not approve it',
    'no approval has to be signed: unsigned ones count, and their names are claims',
    'no key of anybody is known, so that nobody can sign',
    'a card can be approved without end',
    'nobody is told when to act: the settings name no channel, so `slipway status` has to be looked at',
    'where no answer may take long, the next person is asked after 10m',
  ]);
});

test('a plan names the gates at which only a signed approval counts, and whose keys are known', () => {
  const signers = ['ada ssh-ed25519 AAAA', 'grace ssh-ed25519 BBBB', 'ada ssh-ed25519 CCCC'];
  const signatures = { demanded: ['production', 'un-yank', 'amend'] as const, signers };
  expect(about('sign', { terms: { signatures } })).toEqual([
    'an approval counts only if it is signed at production, un-yank and amend; everywhere else also unsigned',
    'no key is known of linus, who cannot sign',
  ]);
  expect(about('keys', { terms: { signatures } })).toEqual(['keys are known of ada and grace']);
  const all = { demanded: signableGates, signers };
  expect(about('signed', { terms: { signatures: all } }).join()).not.toContain('unsigned');
});

test('a plan says what an approval takes of whoever starts the release', () => {
  const started = (selfApproval: Terms['selfApproval'], by: string) =>
    about('started by', { terms: { selfApproval }, by });
  expect(started({ delaySeconds: 3600 }, 'ada')).toEqual([
    'started by ada, who may approve it, too: with the version typed again, 1h after a card was opened at the earliest',
  ]);
  expect(started({ delaySeconds: 3600 }, 'eve')).toEqual(['started by eve, who is no approver']);
  expect(started(false, 'eve')).toEqual(['started by eve, who is no approver']);
});

test('a plan says how long a card can be approved, by gate', () => {
  const within = (approveWithin: Terms['approveWithin'] & object) =>
    about('a card can be', { terms: { approveWithin } });
  expect(within({ production: 604_800 })).toEqual([
    'a card can be approved for 7d at production, without end at branch and merge; when it expires it is asked anew',
  ]);
  expect(within({ branch: 86_400, merge: 43_200, production: 604_800 })).toEqual([
    'a card can be approved for 1d at branch, 12h at merge and 7d at production; when it expires it is asked anew',
  ]);
});

test('a plan says that one approver alone can amend nothing', () => {
  expect(about('amend', { terms: { approvers: ['ada'] } })).toEqual([
    'nobody can amend who approves, or un-yank: both take two approvers',
  ]);
});

test('a plan says that people are told, and at which hours they can be asked', () => {
  expect(about('told', { terms: { notifies: true } })).toEqual([
    'people are told when they have to act, by the channels of the settings',
  ]);
  expect(asked({ hours: { people: [] } })).toContain('no roster says at which hours anybody can be asked');
  const hours = { people: [{ by: 'ada', hours: 'every day 08:00-16:00 Europe/Berlin' }] };
  expect(asked({ hours })).toContain('ada can be asked every day 08:00-16:00 Europe/Berlin');
});

test('a plan names the settings of reruns and of the hours of uploads', () => {
  const settings = (changes?: Changes) => below('settings of the service', changes);
  const window = 'mon, tue 09:00-15:00 Europe/Berlin';
  expect(settings()).toContain('reruns of failed tests on the same files: never');
  expect(settings({ terms: { reruns: 2 } })).toContain(
    'reruns of failed tests on the same files: at most 2 in each step',
  );
  expect(settings({ hours: { people: [] } })).toContain('uploads to production begin: at any hour');
  expect(settings({ hours: { people: [], uploads: window } })).toContain(
    `uploads to production begin: ${window}`,
  );
});

test('a plan says what the changelog tells of the version', () => {
  const said = (changelog?: BranchHead['changelog']) =>
    below('configuration of the package', changelog && { changelog }).at(-1);
  expect(said()).toBe('changelog: none is looked at');
  expect(said({ file: 'CHANGELOG.md', text: 'New.' })).toBe('changelog: CHANGELOG.md tells of this version');
  expect(said({ note: 'in fragments: not read' })).toBe('changelog: in fragments: not read');
  expect(said({ problem: 'CHANGELOG.md tells nothing of 0.2.0: write it' })).toBe(
    'changelog: CHANGELOG.md tells nothing of 0.2.0: write it; step 1 does not pass before that',
  );
});
