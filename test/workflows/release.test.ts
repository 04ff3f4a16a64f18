import { afterEach, describe, expect, it } from 'vitest';

import { awaitOutcome, sendMessage, startLateYank } from '../../src/client/releases.js';
import { releaseId, yankId } from '../../src/contract/handles.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import type { GateId } from '../../src/contract/gates.js';
import type { MessageKind } from '../../src/contract/messages.js';
import { failure } from '../../src/contract/failures.js';
import { notPassed, finding } from '../../src/contract/verdict.js';
import { modelWorld, runService, terms, type Activities, type Service, type Model } from './model.js';

type Running = Service & { model: Model };
const open: Running[] = [];

async function service(overrides: Partial<Activities> = {}, world = modelWorld()): Promise<Running> {
  const running = await runService(overrides, world);
  open.push(running);
  return running;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((running) => running.close()));
});

const waitsAt = (id: GateId) => (ledger: Ledger) => openGates(ledger).some((gate) => gate.id === id);

function gateOf(ledger: Ledger, id: GateId) {
  const gate = openGates(ledger).find((candidate) => candidate.id === id);
  if (gate === undefined) throw new Error(`the gate ${id} is not open`);
  return gate;
}

async function answer(running: Running, id: GateId, kind: MessageKind, by = 'grace') {
  const gate = gateOf(await running.until(waitsAt(id)), id);
  return sendMessage(running.client, running.request, kind, {
    by,
    digest: gate.digest,
    ...(kind === 'approve' || kind === 'reject' ? { gate: id } : {}),
    reason: `${kind} in a test`,
  });
}

async function approveAll(running: Running, ...ids: GateId[]) {
  for (const id of ids) expect(await answer(running, id, 'approve')).toMatchObject({ counted: true });
}

const outcome = (running: Running) =>
  awaitOutcome(running.client, running.request.package, running.request.version);

describe('a release in a world where everything passes', () => {
  it('goes through all twelve steps in order and ends released', async () => {
    const running = await service();
    expect(await running.start()).toEqual({ state: 'admitted' });
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const ledger = await running.ledger();
    expect(ledger.steps.map((step) => step.state)).toEqual(Array(12).fill('passed'));
    const name = running.request.package;
    expect(running.model.effects).toEqual([
      'commit 1.0.0.dev0 on release/1.0.0',
      `upload ${name}-1.0.0.dev0-py3-none-any.whl to test`,
      `upload ${name}-1.0.0.dev0.tar.gz to test`,
      'merge into main',
      'commit 1.0.0',
      `upload ${name}-1.0.0-py3-none-any.whl to production`,
      `upload ${name}-1.0.0.tar.gz to production`,
      'final on main',
      'tag v1.0.0',
      'delete release/1.0.0',
    ]);
  });

  it('stays within the events that a release with one candidate may cost', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    await outcome(running);
    const { raw } = await running.client.workflow
      .getHandle(releaseId(running.request.package, running.request.version))
      .describe();
    expect(Number(raw.workflowExecutionInfo?.historyLength)).toBeLessThanOrEqual(200);
    expect(Number(raw.workflowExecutionInfo?.historySizeBytes)).toBeLessThanOrEqual(96 * 1024);
  });
});

describe('a candidate that fails', () => {
  it('waits for a fix, raises N, and shows cause and fix of each round', async () => {
    const world = modelWorld();
    const running = await service(
      {
        runMode: async ({ mode, manifest }) =>
          mode === 'anthropic' && manifest.version.endsWith('dev0')
            ? notPassed([finding('test_x failed in mode anthropic')])
            : { passed: true, evidence: [] },
      },
      world,
    );
    await running.start();
    await approveAll(running, 'branch');
    await running.until(waitsAt('fix'));
    expect(await answer(running, 'fix', 'fix')).toMatchObject({ counted: true });
    // The branch has no new commit yet, so the release goes on waiting and says so.
    const still = await running.until(
      (ledger) => openGates(ledger)[0]?.subject[0]?.value.includes('still at') === true,
    );
    expect(still.candidates).toHaveLength(1);
    world.model.head = 'f'.repeat(40);
    await answer(running, 'fix', 'fix');
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const { candidates } = await running.ledger();
    expect(candidates.map(({ version, passed, fix }) => ({ version, passed, fix }))).toEqual([
      { version: '1.0.0.dev0', passed: false, fix: 'fix in a test' },
      { version: '1.0.0.dev1', passed: true, fix: undefined },
    ]);
    expect(candidates[0]?.findings[0]?.title).toBe('test_x failed in mode anthropic');
  });

  it('continues as new between candidates and loses no answer', async () => {
    const world = modelWorld();
    world.model.terms = { ...terms, historyEvents: 10 };
    const running = await service(
      {
        checkInstallation: async ({ manifest }) =>
          manifest.version.endsWith('dev0') ? notPassed([finding('no')]) : { passed: true, evidence: [] },
      },
      world,
    );
    await running.start();
    await approveAll(running, 'branch');
    await running.until(waitsAt('fix'));
    world.model.head = 'f'.repeat(40);
    await answer(running, 'fix', 'fix');
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    const ledger = await running.ledger();
    expect(ledger.messages.map(({ kind, counted }) => `${kind} ${String(counted)}`)).toEqual([
      'approve true',
      'fix true',
      'approve true',
      'approve true',
      'approve true',
    ]);
  });
});

describe('people', () => {
  it('reject the branch: the release waits for a fix and asks again for the new commit', async () => {
    const running = await service();
    await running.start();
    await answer(running, 'branch', 'reject');
    await running.until(waitsAt('fix'));
    running.model.head = 'e'.repeat(40);
    await answer(running, 'fix', 'fix');
    const ledger = await running.until(waitsAt('branch'));
    expect(gateOf(ledger, 'branch').subject[0]).toEqual({ label: 'commit', value: 'e'.repeat(40) });
    expect(running.model.effects).toEqual([]);
  });

  it('cannot approve with a stale digest, for themselves, as strangers, early, or twice', async () => {
    const running = await service();
    await running.start();
    const ledger = await running.until(waitsAt('branch'));
    const { digest } = gateOf(ledger, 'branch');
    const send = (by: string, gate: string, digestSent: string) =>
      sendMessage(running.client, running.request, 'approve', { by, gate, digest: digestSent });
    expect(await send('grace', 'branch', 'a'.repeat(64))).toMatchObject({
      counted: false,
      why: expect.stringContaining('stale'),
    });
    expect(await send('ada', 'branch', digest)).toMatchObject({
      counted: false,
      why: expect.stringContaining('self-approval'),
    });
    expect(await send('mallory', 'branch', digest)).toMatchObject({
      counted: false,
      why: expect.stringContaining('not an approver'),
    });
    expect(await send('grace', 'production', digest)).toMatchObject({
      counted: false,
      why: expect.stringContaining('not open'),
    });
    const messages = (await running.ledger()).messages;
    expect(messages).toHaveLength(4);
    expect(messages.every((message) => !message.counted)).toBe(true);
  });

  it('are counted once however often a message is repeated', async () => {
    const world = modelWorld();
    world.model.terms = { ...terms, quorum: 2 };
    const running = await service({}, world);
    await running.start();
    const { digest } = gateOf(await running.until(waitsAt('branch')), 'branch');
    const message = { id: 'one', by: 'grace', gate: 'branch', digest };
    const first = await sendMessage(running.client, running.request, 'approve', message);
    const second = await sendMessage(running.client, running.request, 'approve', message);
    expect(second).toEqual(first);
    const ledger = await running.ledger();
    expect(ledger.messages).toHaveLength(1);
    expect(gateOf(ledger, 'branch').decisions).toHaveLength(1);
    await sendMessage(running.client, running.request, 'approve', { by: 'linus', gate: 'branch', digest });
    await running.until(waitsAt('merge'));
  });

  it('are heard by signal too, and a malformed signal is recorded and ignored', async () => {
    const running = await service();
    await running.start();
    const { digest } = gateOf(await running.until(waitsAt('branch')), 'branch');
    const handle = running.client.workflow.getHandle(
      releaseId(running.request.package, running.request.version),
    );
    await handle.signal('approve', { gate: 'branch', digest });
    await handle.signal('approve', { by: 'grace', gate: 'branch', digest });
    const ledger = await running.until(waitsAt('merge'));
    expect(ledger.messages.map(({ counted, channel }) => ({ counted, channel }))).toEqual([
      { counted: false, channel: 'signal' },
      { counted: true, channel: 'signal' },
    ]);
  });

  it('mend what infrastructure broke and retry the step', async () => {
    let broken = true;
    const running = await service({
      buildArtifacts: async ({ package: name, version, source }) => {
        if (broken)
          throw failure('operator', {
            now: 'The disk is full.',
            not: 'Nothing was built.',
            next: 'Make room.',
          });
        return modelWorld().activities.buildArtifacts({ package: name, version, source });
      },
    });
    await running.start();
    await approveAll(running, 'branch');
    const ledger = await running.until(waitsAt('trouble'));
    expect(ledger.steps[2]?.findings[0]).toEqual({
      title: 'The disk is full.',
      detail: 'Nothing was built.\nMake room.',
    });
    broken = false;
    await answer(running, 'trouble', 'retry');
    await running.until(waitsAt('merge'));
  });
});

describe('abort', () => {
  it('before the merge stops a running tool, touches nothing and ends abandoned', async () => {
    const running = await service();
    await running.start();
    await running.until(waitsAt('branch'));
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'not now' });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(running.model.effects).toEqual([]);
    const ledger = await running.ledger();
    expect(ledger.steps.map((step) => step.state)).toEqual([
      'failed',
      ...Array<string>(10).fill('skipped'),
      'passed',
    ]);
  });

  it('after the merge asks whether main is put back, and puts it back if people say so', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge');
    await running.until(waitsAt('production'));
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'not now' });
    await approveAll(running, 'put-main-back');
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(running.model.effects.at(-1)).toBe('revert on main');
  });

  it('is refused once the upload has begun', async () => {
    const running = await service();
    await running.start({ watchSeconds: 600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    const said = await sendMessage(running.client, running.request, 'abort', { by: 'grace' });
    expect(said).toMatchObject({ counted: false, why: expect.stringContaining('yank') });
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'end of the test' });
    await outcome(running);
  });

  it('is what a cancel request to the engine means', async () => {
    const running = await service();
    await running.start();
    await running.until(waitsAt('branch'));
    await running.client.workflow
      .getHandle(releaseId(running.request.package, running.request.version))
      .cancel();
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });
});

describe('reject at production', () => {
  it('uploads nothing and asks; a fix enters again at step 1', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge');
    await answer(running, 'production', 'reject');
    await running.until(waitsAt('fix'));
    expect(running.model.effects.some((effect) => effect.includes('to production'))).toBe(false);
    running.model.head = 'd'.repeat(40);
    await answer(running, 'fix', 'fix');
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
    expect(running.model.effects.filter((effect) => effect.includes('to production'))).toHaveLength(2);
  });
});

describe('a problem in the watch', () => {
  it('keeps the watch open until somebody says keep', async () => {
    const running = await service();
    await running.start({ watchSeconds: 1 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'report', { by: 'a user', reason: 'it is slow' });
    const ledger = await running.until(waitsAt('report'));
    const until = Date.parse(ledger.watch?.until ?? '');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, until + 500 - Date.now())));
    expect((await running.ledger()).outcome).toBeUndefined();
    await answer(running, 'report', 'keep');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });

  it('is answered by a yank, which ends the watch at once and puts main back', async () => {
    const running = await service();
    await running.start({ watchSeconds: 3600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'report', { by: 'a user', reason: 'data loss' });
    await running.until(waitsAt('report'));
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'data loss' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
    expect(running.model.index.every((file) => file.yanked === 'data loss')).toBe(true);
  });
});

describe('yank', () => {
  it('before any upload counts as abort', async () => {
    const running = await service();
    await running.start();
    await running.until(waitsAt('branch'));
    const said = await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'no' });
    expect(said).toMatchObject({ counted: true, why: expect.stringContaining('counts as abort') });
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
  });

  it('after the end takes the record up again, yanks and puts main back', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge', 'production');
    await outcome(running);
    const { package: name, version } = running.request;
    await startLateYank(running.client, { package: name, version, by: 'grace', reason: 'found later' });
    const late: { outcome: string } = await running.client.workflow.getHandle(yankId(name, version)).result();
    expect(late.outcome).toBe('yanked');
    expect(running.model.effects.slice(-2)).toEqual(['yank', 'revert on main']);
  });

  it('of which no driver is able waits for a person and ends when the index says so', async () => {
    let reads = 0;
    const running = await service({
      ensureYanked: async () => ({ proven: false, toDo: ['Yank it on its page.'], evidence: [] }),
      awaitYanked: async () => {
        reads += 1;
        if (reads < 2) throw new Error('not yet');
        return { evidence: { what: 'the index says yanked' } };
      },
    });
    await running.start({ watchSeconds: 3600 });
    await approveAll(running, 'branch', 'merge', 'production');
    await running.until((ledger) => ledger.watch !== undefined);
    await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'bad' });
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect((await running.ledger()).yank?.driver).toBe('person');
  });
});

describe('the lease', () => {
  it('refuses a second release of the package with the id of the first', async () => {
    const running = await service();
    await running.start();
    const second = await running.start({ version: '2.0.0' });
    expect(second).toEqual({
      state: 'refused',
      problems: [expect.stringContaining(releaseId(running.request.package, '1.0.0'))],
    });
  });

  it('lets a second release wait visibly and go on when the first has ended', async () => {
    const running = await service();
    await running.start();
    expect(await running.start({ version: '2.0.0', wait: true })).toEqual({
      state: 'waiting',
      holder: releaseId(running.request.package, '1.0.0'),
      ahead: 1,
    });
    await running.until(waitsAt('branch'));
    await sendMessage(running.client, running.request, 'abort', { by: 'grace', reason: 'make way' });
    await outcome(running);
    const second = { ...running.request, version: '2.0.0' };
    const { digest } = gateOf(
      await (async () => {
        const { readLedger } = await import('../../src/client/releases.js');
        for (;;) {
          const ledger = await readLedger(running.client, second.package, second.version);
          if (waitsAt('branch')(ledger)) return ledger;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })(),
      'branch',
    );
    expect(
      await sendMessage(running.client, second, 'approve', { by: 'grace', gate: 'branch', digest }),
    ).toMatchObject({ counted: true });
  });

  it('is taken from a release that was terminated', async () => {
    const running = await service();
    await running.start();
    await running.client.workflow.getHandle(releaseId(running.request.package, '1.0.0')).terminate();
    expect(await running.start({ version: '2.0.0' })).toEqual({ state: 'admitted' });
  });
});

describe('a request that cannot be carried out', () => {
  it('is refused with every problem, and the run ends as failed', async () => {
    const running = await service({ readTerms: async () => ({ problems: ['one', 'two'] }) });
    expect(await running.start()).toEqual({ state: 'refused', problems: ['one', 'two'] });
    await expect(outcome(running)).rejects.toThrow();
    expect(running.model.effects).toEqual([]);
  });
});
