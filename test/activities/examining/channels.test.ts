import { expect, onTestFinished, test } from 'vitest';

import { channelPreconditions } from '../../../src/activities/examining/channels.js';
import type { Settings } from '../../../src/config/settings.js';
import { sentenceOf, type Precondition } from '../../../src/contract/preconditions.js';
import { makeBench } from '../support/bench.js';

const address = 'slack://canary-of-an-address';

/** What is found where the worker holds the addresses of these channels. */
async function found(settings: Partial<Settings>, ...secrets: string[]): Promise<readonly Precondition[]> {
  const held = Object.fromEntries(secrets.map((name) => [name, address]));
  const approvers = ['ada', 'grace', 'linus'];
  const bench = await makeBench({ secrets: held, settings: { approvers, ...settings } });
  onTestFinished(() => bench.close());
  return channelPreconditions(bench);
}

const said = (preconditions: readonly Precondition[], state: Precondition['state']) =>
  preconditions.filter((each) => each.state === state).map(sentenceOf);

const mail = { secret: 'ADA_MAIL', thread: false };
const team = { secret: 'TEAM', thread: true };

test('that no channel is named is told, and is no failure', async () => {
  expect(await found({})).toEqual([
    {
      about: 'people',
      state: 'pass',
      said: 'Nobody is told when to act: slipway.toml names no channel, so `slipway status` has to be looked at',
    },
  ]);
});

test('each channel is told with whom it reaches, by the name of its secret and never by the value', async () => {
  const channels = { ada: ['mail'], grace: ['mail', 'team'], linus: ['team'] };
  const all = await found({ notify: { mail, team }, channels }, 'ADA_MAIL', 'TEAM');
  expect(said(all, 'pass')).toEqual([
    'The address of the channel mail, which reaches ada, grace, is set: the secret ADA_MAIL',
    'The address of the channel team, which holds the thread of every release and reaches grace, linus, is set: the secret TEAM',
  ]);
  expect(said(all, 'fail')).toEqual([]);
  expect(said(all, 'unknown')).toEqual([
    'Whether mail, team would take a notification: nothing is sent to find that out: `slipway notify --try mail --try team` sends one, with the addresses in your own environment.',
  ]);
  expect(JSON.stringify(all)).not.toContain('canary');
});

test('a channel whose address the urgent worker does not hold fails, with what to do', async () => {
  const channels = { ada: ['mail'], grace: ['mail'], linus: ['mail'] };
  const all = await found({ notify: { mail }, channels });
  expect(said(all, 'fail')).toEqual([
    'The address of the channel mail, which reaches ada, grace, linus, is missing: set ADA_MAIL (or ADA_MAIL_FILE) for the urgent worker, and restart it; `slipway notify --try mail` tries it.',
  ]);
  expect(all).toHaveLength(1);
});

test('whether approvers hear of a release whom no channel reaches by name, nobody can know', async () => {
  const remedy = 'add notify = ["<channel>"] to [people.grace] of slipway.toml, and restart the workers.';
  const by = async (notify: Settings['notify']) =>
    said(await found({ notify, channels: { ada: ['mail'], grace: [] } }), 'unknown');
  expect(await by({ mail })).toEqual([
    `Whether grace, linus would hear that a release waits: no channel reaches them by name: ${remedy}`,
  ]);
  expect(await by({ mail, team })).toEqual([
    `Whether grace, linus would hear that a release waits: no channel reaches them by name, and who does not read team is told nothing: ${remedy}`,
  ]);
});
