import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { makeKeys } from '../../rehearsal/world/keys.js';
import { readLedger, sendMessage, startLate } from '../../src/client/releases.js';
import { signed } from '../../src/client/signing.js';
import { failure, notYet } from '../../src/contract/failures.js';
import { leaseId, releaseId, unYankId } from '../../src/contract/handles.js';
import type { MessageKind } from '../../src/contract/messages.js';
import { finding, notPassed } from '../../src/contract/verdict.js';
import { answer, approveAll, gateOf, outcome, waitsAt, type Running } from '../workflows/playing.js';
import { terms, type Activities, type Model } from '../workflows/world.js';

/** How a kept history comes about: what is other than usual in its modelled world, and what people do in it. */
export interface Scenario {
  readonly terms?: Partial<Model['terms']>;
  readonly world?: (model: Model, usual: Pick<Activities, 'ensurePublished'>) => Partial<Activities>;
  /** Brings it to its end; answers with the id of the workflow whose history is kept, where that is not the release. */
  readonly play: (running: Running) => Promise<unknown>;
}

const say = ({ client, request }: Running, kind: MessageKind, by = 'grace') =>
  sendMessage(client, request, kind, { by, reason: `${kind} by ${by}` });

async function approved(running: Running, watchSeconds = 1): Promise<void> {
  await running.start({ watchSeconds });
  await approveAll(running, 'branch', 'merge', 'production');
}

async function watched(running: Running): Promise<void> {
  await approved(running, 3600);
  await running.until(({ watch }) => watch !== undefined);
}

async function afterFix(running: Running): Promise<void> {
  await approveAll(running, 'branch');
  await running.until(waitsAt('fix'));
  running.model.head = 'f'.repeat(40);
  await answer(running, 'fix', 'fix');
  await approveAll(running, 'branch', 'merge', 'production');
  await outcome(running);
}

/** A release whose first candidate does not pass; its fix does. */
const fixed: Scenario = {
  world: () => ({
    runMode: async ({ mode, manifest }) =>
      mode === 'anthropic' && manifest.version.endsWith('dev0')
        ? notPassed([finding('a prompt is missing')])
        : { passed: true, evidence: [] },
  }),
  async play(running) {
    await running.start();
    await afterFix(running);
  },
};

const late = async (running: Running, kind: 'yank' | 'un-yank') => {
  const { package: name, version } = running.request;
  return startLate(running.client, kind, { package: name, version, by: 'grace', reason: `${kind} late` });
};

async function yankedLate(running: Running): Promise<string> {
  await approved(running);
  await outcome(running);
  const id = await late(running, 'yank');
  await running.client.workflow.getHandle(id).result();
  return id;
}

/** Every scenario of which a history is kept, by the name of its file. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  released: {
    async play(running) {
      await approved(running);
      await outcome(running);
    },
  },
  'fix-loop': fixed,
  'continued-as-new': {
    ...fixed,
    terms: { historyEvents: 230 },
    async play(running) {
      await running.start();
      // The first run gets long, and the second one does not.
      for (let times = 0; times < 40; times++) await say(running, 'on-watch');
      await afterFix(running);
    },
  },
  'continued-in-watch': {
    terms: { historyEvents: 100 },
    async play(running) {
      await approved(running);
      await outcome(running);
    },
  },
  held: {
    async play(running) {
      await running.start();
      await approveAll(running, 'branch', 'merge');
      const { digest } = gateOf(await running.until(waitsAt('production')), 'production');
      const hold = { by: 'linus', gate: 'production', digest, reason: 'the docs are not built' } as const;
      await sendMessage(running.client, running.request, 'hold', hold);
      await answer(running, 'production', 'approve');
      await sendMessage(running.client, running.request, 'lift', { by: 'linus' });
      await outcome(running);
    },
  },
  signed: {
    async play(running) {
      const folder = await mkdtemp(path.join(tmpdir(), 'slipway-keys-'));
      const { grace } = await makeKeys(folder, ['grace']);
      const signers = [`grace ${grace.publicKey}`];
      running.model.terms = { ...terms, signatures: { demanded: ['branch'], signers } };
      await running.start();
      const ledger = await running.until(waitsAt('branch'));
      const said = { by: 'grace', gate: 'branch', digest: gateOf(ledger, 'branch').digest } as const;
      const message = await signed(ledger, 'approve', said, grace.file);
      await rm(folder, { recursive: true });
      await sendMessage(running.client, running.request, 'approve', message);
      await approveAll(running, 'merge', 'production');
      await outcome(running);
    },
  },
  'trouble-mended': {
    world: (_, { ensurePublished }) => {
      let isMended = false;
      return {
        ensurePublished: async (input) => {
          if (isMended || input.index.name !== 'production') return ensurePublished(input);
          isMended = true;
          throw failure('operator', {
            now: 'The index answered 401.',
            not: 'Nothing was uploaded.',
            next: 'Renew the token, then send `retry`.',
          });
        },
      };
    },
    async play(running) {
      await approved(running);
      await answer(running, 'trouble', 'retry');
      await outcome(running);
    },
  },
  'yank-before-merge': {
    async play(running) {
      await running.start();
      await running.until(waitsAt('branch'));
      await say(running, 'yank');
      await outcome(running);
    },
  },
  'yank-in-upload': {
    world: (model, { ensurePublished }) => ({
      ensurePublished: async (input) => {
        if (input.index.name !== 'production') return ensurePublished(input);
        const [first] = input.manifest.files;
        if (first !== undefined && model.index.length === 0) model.index.push({ ...first, yanked: false });
        return { errand: { id: '1', url: 'run 1' } };
      },
      awaitUploaded: async () => {
        throw notYet('run 1 is under way', 1);
      },
    }),
    async play(running) {
      await approved(running);
      await running.until(({ phase, notice }) => phase === 'uploading' && notice !== undefined);
      await say(running, 'yank');
      await outcome(running);
    },
  },
  'yank-in-watch': {
    async play(running) {
      await watched(running);
      await say(running, 'yank');
      await outcome(running);
    },
  },
  'yank-late': { play: yankedLate },
  'un-yank-late': {
    async play(running) {
      await yankedLate(running);
      const id = await late(running, 'un-yank');
      const { package: name, version } = running.request;
      for (const by of ['ada', 'linus']) {
        const gate = gateOf(await running.until(waitsAt('un-yank')), 'un-yank');
        const approval = { by, gate: gate.id, digest: gate.digest };
        await sendMessage(running.client, running.request, 'approve', approval, id);
      }
      await running.client.workflow.getHandle(unYankId(name, version)).result();
      return id;
    },
  },
  'rolled-back': {
    terms: { afterYank: 'ask' },
    async play(running) {
      await watched(running);
      await say(running, 'report', 'a-user');
      await answer(running, 'report', 'yank');
      await answer(running, 'put-main-back', 'approve');
      await outcome(running);
    },
  },
  probed: {
    terms: {
      probes: [
        {
          name: 'index',
          work: { does: 'index' },
          ...{ intervalSeconds: 1, delaySeconds: 1, failures: 1, unmeasured: 1, reportOnly: false },
        },
      ],
    },
    async play(running) {
      running.model.measure = async () => ({ kind: 'failed', findings: [finding('a file is missing')] });
      await approved(running, 3);
      await answer(running, 'report', 'keep');
      await outcome(running);
    },
  },
  lease: {
    async play(running) {
      const { client, request } = running;
      const [name, next] = [request.package, '2.0.0'];
      await running.start();
      await running.start({ version: next, wait: true });
      await say(running, 'abort');
      await untilGate(running, next);
      await sendMessage(client, { package: name, version: next }, 'abort', { by: 'ada', reason: 'a test' });
      await client.workflow.getHandle(leaseId(name)).result();
      return leaseId(name);
    },
  },
};

async function untilGate({ client, request }: Running, version: string): Promise<void> {
  while (!waitsAt('branch')(await readLedger(client, request.package, version)))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Plays a scenario; answers with the id of the workflow whose history is kept. */
export async function play({ play: toEnd }: Scenario, running: Running): Promise<string> {
  const played = await toEnd(running);
  return typeof played === 'string' ? played : releaseId(running.request.package, running.request.version);
}
