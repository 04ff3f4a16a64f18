import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeKeys, type PersonsKey } from '../../rehearsal/world/keys.js';
import { createSignatureActivities } from '../../src/activities/signatures.js';
import { sendMessage } from '../../src/client/releases.js';
import { signed, type BoundMessage } from '../../src/client/signing.js';
import type { GateId } from '../../src/contract/gates.js';
import { releaseId } from '../../src/contract/handles.js';
import type { MessageKind } from '../../src/contract/messages.js';
import type { Ledger } from '../../src/contract/state.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt, type Running } from './playing.js';
import { built } from './workers.js';
import { modelWorld, terms, type Activities } from './world.js';

const people = ['ada', 'grace', 'linus', 'mallory'] as const;
let folder: string;
let keys: Readonly<Record<(typeof people)[number], PersonsKey>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-keys-'));
  keys = await makeKeys(folder, people);
});
afterAll(() => rm(folder, { recursive: true }));

/** A service whose people have keys, and at whose gates these take only signed approvals. */
async function signing(
  demanded: GateId[],
  overrides: Partial<Activities> = {},
  more: Partial<typeof terms> = {},
) {
  const world = modelWorld();
  const signers = terms.approvers.map((name) => `${name} ${keys[name as 'ada'].publicKey}`);
  world.model.terms = { ...terms, ...more, signatures: { demanded, signers } };
  return service(overrides, world);
}

/** What somebody would say to an open gate, with this changed. */
function answerTo(
  ledger: Ledger,
  gate: GateId,
  by: string,
  changes: Partial<BoundMessage> = {},
): BoundMessage {
  return { by, gate, digest: gateOf(ledger, gate).digest, ...changes };
}

/** Signs an answer with somebody's key and sends it. */
async function sign(
  running: Running,
  ledger: Ledger,
  said: BoundMessage,
  key: keyof typeof keys,
  kind: MessageKind = 'approve',
) {
  const message = await signed(ledger, kind, said, keys[key].file);
  return { message, outcome: await sendMessage(running.client, running.request, kind, message) };
}

const idOf = ({ request }: Running) => releaseId(request.package, request.version);

async function historyOf(running: Running) {
  const handle = running.client.workflow.getHandle(idOf(running));
  return handle.fetchHistory();
}

describe('at a gate that takes only signed approvals', () => {
  it('a signed one counts, costs one event, stands in the record with its key, and replays', async () => {
    const running = await signing(['production']);
    await running.start({ watchSeconds: 1 });
    await approveAll(running, 'branch', 'merge');
    const ledger = await running.until(waitsAt('production'));
    expect(await answer(running, 'production', 'approve')).toMatchObject({
      counted: false,
      why: saying('takes only approvals that are signed'),
    });
    const { message, outcome: heard } = await sign(
      running,
      ledger,
      answerTo(ledger, 'production', 'grace'),
      'grace',
    );
    expect(heard).toMatchObject({ counted: true });
    await outcome(running);
    const { gates, messages } = await running.ledger();
    const [decision] = gates.at(-1)?.decisions ?? [];
    expect(decision).toMatchObject({ by: 'grace', key: expect.stringMatching(/^SHA256:/) as string });
    expect(messages.at(-1)).toMatchObject({ signature: message.signature, expires: message.expires });

    const history = await historyOf(running);
    const markers = history.events?.filter((event) => event.markerRecordedEventAttributes) ?? [];
    expect(markers).toHaveLength(1);
    await Worker.runReplayHistory({ workflowBundle: built }, history, idOf(running));
  });

  it('what only stops counts unsigned', async () => {
    const running = await signing(['branch', 'production']);
    await running.start();
    expect(await answer(running, 'branch', 'reject')).toMatchObject({ counted: true });
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'enough' });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });

  it('is refused, with the reason kept: what is replayed, expired, stale, foreign or self-given', async () => {
    const running = await signing(['branch'], {}, { quorum: 2 });
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    const said = (by: string, changes: Partial<BoundMessage> = {}) => answerTo(ledger, 'branch', by, changes);
    const first = await sign(running, ledger, said('grace'), 'grace');
    expect(first.outcome).toMatchObject({ counted: true });

    const replay = { ...first.message, id: 'another' };
    const past = new Date(Date.now() - 1000).toISOString();
    const refusals: [unknown, string][] = [
      [
        await sendMessage(running.client, running.request, 'approve', replay),
        'replayed: this signature came',
      ],
      [(await sign(running, ledger, said('linus', { expires: past }), 'linus')).outcome, 'expired at'],
      [(await sign(running, ledger, said('linus', { digest: 'b'.repeat(64) }), 'linus')).outcome, 'stale'],
      [(await sign(running, ledger, said('linus'), 'mallory')).outcome, 'foreign'],
      [(await sign(running, ledger, said('linus'), 'grace')).outcome, 'is that of grace, and not of linus'],
      [(await sign(running, ledger, said('mallory'), 'mallory')).outcome, 'not an approver'],
      [(await sign(running, ledger, said('ada'), 'ada')).outcome, 'ada started the release'],
      [
        (await sign(running, { ...ledger, startedAt: past }, said('linus'), 'linus')).outcome,
        'for something else than what this message says in this run',
      ],
      [(await sign(running, ledger, said('grace'), 'grace')).outcome, 'grace has answered this already'],
    ];
    for (const [heard, why] of refusals) expect(heard).toMatchObject({ counted: false, why: saying(why) });
    // The same message again is a repeat and no replay.
    expect(await sendMessage(running.client, running.request, 'approve', first.message)).toEqual(
      first.outcome,
    );
    const { messages } = await running.ledger();
    expect(messages).toHaveLength(1 + refusals.length);
    expect(messages.slice(1).map(({ why }) => why)).toEqual(refusals.map(([, why]) => saying(why)));
    expect(messages.slice(1).every(({ signature }) => signature !== undefined)).toBe(true);
    expect((await sign(running, ledger, said('linus'), 'linus')).outcome).toMatchObject({ counted: true });
    await running.until(waitsAt('merge'));
  });
});

describe('of messages that come together', () => {
  /** Verifies each signature more slowly than the one before, so that no two are done in the same moment. */
  function eachSlower(): Partial<Activities> {
    const real = createSignatureActivities();
    let before = 0;
    return {
      checkSignature: async (input) => {
        await delay(300 * before++);
        return real.checkSignature(input);
      },
    };
  }

  /** Has the release take all of it up at once. */
  async function together(running: Running, send: () => Promise<void>) {
    await running.stopWorkers();
    await send();
    await running.startWorkers();
  }

  const signal = async (running: Running, ledger: Ledger, gate: GateId, by: 'grace' | 'linus') => {
    const message = await signed(ledger, 'approve', answerTo(ledger, gate, by), keys[by].file);
    await running.client.workflow.getHandle(idOf(running)).signal('approve', message);
  };

  const judged = ({ messages }: Ledger) => messages.map(({ by, kind, counted }) => [by, kind, counted]);

  it('the one that came first decides, and the later one is judged by what is true then', async () => {
    const running = await signing(['branch']);
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    await together(running, async () => {
      await signal(running, ledger, 'branch', 'linus');
      await signal(running, ledger, 'branch', 'grace');
    });
    const after = await running.until(({ messages }) => messages.length === 2);
    expect(judged(after)).toEqual([
      ['linus', 'approve', true],
      ['grace', 'approve', false],
    ]);
    expect(after.gates[0]?.decisions.map(({ by }) => by)).toEqual(['linus']);
    await running.until(waitsAt('merge'));
  });

  it('a run in which one was sent twice, by an update and by a signal, replays', async () => {
    const running = await signing(['branch'], eachSlower());
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    const message = await signed(ledger, 'approve', answerTo(ledger, 'branch', 'grace'), keys.grace.file);
    const handle = running.client.workflow.getHandle(idOf(running));
    let answered: Promise<unknown> = Promise.resolve();
    await together(running, async () => {
      answered = handle.executeUpdate('approve', { args: [message] });
      await handle.signal('approve', message);
    });
    expect(await answered).toMatchObject({ counted: true });
    await running.until(waitsAt('merge'));
    await Worker.runReplayHistory({ workflowBundle: built }, await historyOf(running), idOf(running));
  });

  it('an abort waits for no signature, and the release ends only when all are judged', async () => {
    const running = await signing(['branch']);
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    await together(running, async () => {
      await signal(running, ledger, 'branch', 'linus');
      const handle = running.client.workflow.getHandle(idOf(running));
      await handle.signal('abort', { by: 'grace', reason: 'no' });
      await handle.cancel();
    });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(judged(await running.ledger())).toEqual([
      ['grace', 'abort', true],
      ['somebody in the engine', 'abort', false],
      ['linus', 'approve', false],
    ]);
  });

  it('none is lost where the release goes on as a new run', async () => {
    const running = await signing(['branch'], {}, { historyEvents: 15 });
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    await answer(running, 'branch', 'reject');
    await running.until(waitsAt('fix'));
    running.model.head = 'e'.repeat(40);
    await together(running, async () => {
      await signal(running, ledger, 'branch', 'linus');
      await running.client.workflow.getHandle(idOf(running)).signal('fix', { by: 'grace' });
    });
    const after = await running.until(waitsAt('branch'));
    expect(judged(after)).toEqual([
      ['grace', 'reject', true],
      ['grace', 'fix', true],
      ['linus', 'approve', false],
    ]);
    const [began] = (await historyOf(running)).events ?? [];
    expect(began?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId).toMatch(/./);
  });
});
