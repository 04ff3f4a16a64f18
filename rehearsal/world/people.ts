import { setTimeout as delay } from 'node:timers/promises';

import { readLedger, sendMessage } from '../../src/client/releases.js';
import type { Gate } from '../../src/contract/gates.js';
import type { MessageKind } from '../../src/contract/messages.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import type { Client } from '@temporalio/client';

/** What the people of a story do beside saying yes. */
export interface Story {
  /** Mends what the findings say, pushes it to the release branch, and says what it was; undefined if nobody can. */
  fix?(ledger: Ledger): Promise<string | undefined>;
  /** Somebody's problem with what was published, said once while it is watched. */
  readonly problem?: string;
  /** The answer to a problem. */
  readonly onProblem?: 'yank' | 'keep';
}

/** How often people look at a release, in milliseconds. */
const glance = 300;

/** Plays the people of a release until it ends; `seen` gets every state that they look at. */
export async function playPeople(
  client: Client,
  release: { package: string; version: string },
  story: Story | undefined,
  seen: (ledger: Ledger) => void,
): Promise<Ledger> {
  const answered = new Set<string>();
  for (;;) {
    const ledger = await readLedger(client, release.package, release.version);
    seen(ledger);
    if (ledger.outcome !== undefined) return ledger;
    if (story !== undefined) await answer(client, release, story, ledger, answered);
    await delay(glance);
  }
}

async function answer(
  client: Client,
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
    const said = await answerTo(gate, story, ledger);
    const { kind, reason } = said;
    await sendMessage(client, release, kind, {
      by: 'grace',
      digest: gate.digest,
      ...(kind === 'approve' || kind === 'reject' ? { gate: gate.id } : {}),
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

async function answerTo(
  gate: Gate,
  story: Story,
  ledger: Ledger,
): Promise<{ kind: MessageKind; reason?: string }> {
  if (gate.answers.includes('approve')) return { kind: 'approve' };
  if (gate.id === 'report')
    return { kind: story.onProblem ?? 'yank', reason: story.problem ?? 'it fails from the index' };
  if (gate.id === 'fix') {
    const fixed = await story.fix?.(ledger);
    return fixed === undefined
      ? { kind: 'abort', reason: 'nobody can fix this here' }
      : { kind: 'fix', reason: fixed };
  }
  return { kind: ledger.phase === 'uploading' ? 'yank' : 'abort', reason: 'nobody can mend this here' };
}
