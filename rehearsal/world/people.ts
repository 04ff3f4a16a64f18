import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { readLedger, sendMessage } from '../../src/client/releases.js';
import { signed } from '../../src/client/signing.js';
import type { Gate } from '../../src/contract/gates.js';
import type { Message, MessageKind } from '../../src/contract/messages.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import type { Client } from '@temporalio/client';
import type { PeoplesKeys } from './keys.js';

/** The people of a rehearsal: the first one starts the release, the others answer. */
export const people = ['ada', 'grace', 'linus'] as const;

/** What the people of a story do beside saying yes. */
export interface Story {
  /** Mends what the findings say, pushes it to the release branch, and says what it was; undefined if nobody can. */
  fix?(ledger: Ledger): Promise<string | undefined>;
  /** Somebody's problem with what was published, said once while it is watched. */
  readonly problem?: string;
  /** The answer to a problem. */
  readonly onProblem?: 'yank' | 'keep';
  /** The answer to trouble of the service's own surroundings; by default they give the release up. */
  readonly onTrouble?: 'retry';
  /** Hears what was sent and what was answered; without an answer it is left as a signal. */
  sent?(message: Sent): void;
  /** Approves the pull request of a head on its forge, where people review there: then nobody approves the merge by a message. */
  approve?(by: string, head: string): Promise<void>;
}

/** A message as its sender knows it; times are ISO 8601. */
export interface Sent {
  readonly kind: MessageKind;
  readonly message: Message;
  readonly at: string;
  readonly answer: { readonly counted: boolean; readonly at: string } | undefined;
}

/** A service with a release in it, and with what its people sign. */
export interface Played {
  readonly client: Client;
  readonly keys: PeoplesKeys;
}

/** How often people look at a release, in milliseconds. */
const glance = 300;

/** Plays the people of a release until it ends; `seen` gets every state that they look at. */
export async function playPeople(
  world: Played,
  release: { package: string; version: string },
  story: Story | undefined,
  seen: (ledger: Ledger) => void,
): Promise<Ledger> {
  const answered = new Set<string>();
  for (;;) {
    const ledger = await readLedger(world.client, release.package, release.version);
    seen(ledger);
    if (ledger.outcome !== undefined || ledger.refusal !== undefined) return ledger;
    if (story !== undefined) await answer(world, release, story, ledger, answered);
    await delay(glance);
  }
}

async function answer(
  { client, keys }: Played,
  release: { package: string; version: string },
  story: Story,
  ledger: Ledger,
  answered: Set<string>,
): Promise<void> {
  if (story.problem !== undefined && ledger.watch !== undefined && !answered.has('problem')) {
    answered.add('problem');
    await sendMessage(client, release, 'report', { by: 'a-user', reason: story.problem });
  }
  for (const gate of openGates(ledger).filter((open) => !answered.has(open.digest))) {
    answered.add(gate.digest);
    if (await reviewed(gate, story)) continue;
    const counted = await say({ client, keys }, release, story, ledger, gate);
    // A signature that could not be verified just then is given again.
    if (counted === false) answered.delete(gate.digest);
  }
}

/** Answers a gate and returns whether that counted; undefined where it was left as a signal. */
async function say(
  { client, keys }: Played,
  release: { package: string; version: string },
  story: Story,
  ledger: Ledger,
  gate: Gate,
): Promise<boolean | undefined> {
  const { kind, reason } = await answerTo(gate, story, ledger);
  const [, by] = people;
  const said = {
    ...{ id: randomUUID(), by, gate: gate.id, digest: gate.digest },
    ...(reason === undefined ? {} : { reason }),
  };
  const message = kind === 'approve' ? await signed(ledger, kind, said, keys[by].file) : said;
  const at = new Date().toISOString();
  const reply = await sendMessage(client, release, kind, message);
  const answer = reply && { counted: reply.counted, at: new Date().toISOString() };
  story.sent?.({ kind, message, at, answer });
  return reply?.counted;
}

/** Whether the merge was approved by a review of the pull request, where people review. */
async function reviewed(gate: Gate, story: Story): Promise<boolean> {
  const head = gate.subject.find(({ label }) => label === 'head')?.value;
  if (story.approve === undefined || gate.id !== 'merge' || head === undefined) return false;
  await story.approve(people[1], head);
  return true;
}

async function answerTo(
  gate: Gate,
  story: Story,
  ledger: Ledger,
): Promise<{ kind: MessageKind; reason?: string }> {
  if (gate.answers.includes('approve')) return { kind: 'approve' };
  if (gate.id === 'trouble' && story.onTrouble !== undefined)
    return { kind: story.onTrouble, reason: 'what stood in its way is gone' };
  if (gate.id === 'report')
    return { kind: story.onProblem ?? 'yank', reason: story.problem ?? 'it fails from the index' };
  if (gate.id === 'fix') return answerWithFix(story, ledger);
  return { kind: ledger.phase === 'uploading' ? 'yank' : 'abort', reason: 'nobody can mend this here' };
}

async function answerWithFix(story: Story, ledger: Ledger): Promise<{ kind: MessageKind; reason: string }> {
  const fixed = await story.fix?.(ledger);
  return fixed === undefined
    ? { kind: 'abort', reason: 'nobody can fix this here' }
    : { kind: 'fix', reason: fixed };
}
