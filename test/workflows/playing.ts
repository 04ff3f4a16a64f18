import { afterEach, expect } from 'vitest';

import { awaitOutcome, sendMessage } from '../../src/client/releases.js';
import type { GateId } from '../../src/contract/gates.js';
import { isBound, type MessageKind } from '../../src/contract/messages.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import { expectToldInThreeLines } from '../contract/three-lines.js';
import { runService, type Service } from './model.js';
import { modelWorld, type Activities, type Model } from './world.js';

/** A service in a modelled world, and that world. */
export type Running = Service & { model: Model };
const open: Running[] = [];

/** Runs a service until the end of the test. */
export async function service(overrides: Partial<Activities> = {}, world = modelWorld()): Promise<Running> {
  const running = await runService(overrides, world);
  open.push(running);
  return running;
}

afterEach(async () => {
  const ended = open.splice(0);
  const ledgers = await Promise.all(ended.map(stateOf));
  await Promise.all(ended.map((running) => running.close()));
  for (const ledger of ledgers) if (ledger !== undefined) expectToldInThreeLines(ledger);
});

/** What is left of a release; undefined where none was started, or no worker is left to say. */
async function stateOf(running: Running): Promise<Ledger | undefined> {
  return running.ledger().catch(() => undefined);
}

/** Whether a release waits at a gate. */
export const waitsAt = (id: GateId) => (ledger: Ledger) => openGates(ledger).some((gate) => gate.id === id);

/** The open gate of that id. */
export function gateOf(ledger: Ledger, id: GateId) {
  const gate = openGates(ledger).find((candidate) => candidate.id === id);
  if (gate === undefined) throw new Error(`the gate ${id} is not open`);
  return gate;
}

/** Answers a gate as soon as it is open. */
export async function answer(running: Service, id: GateId, kind: MessageKind, by = 'grace') {
  const gate = gateOf(await running.until(waitsAt(id)), id);
  return sendMessage(running.client, running.request, kind, {
    by,
    digest: gate.digest,
    ...(isBound(kind) ? { gate: id } : {}),
    reason: `${kind} in a test`,
  });
}

/** Approves these gates, one after another. */
export async function approveAll(running: Service, ...ids: GateId[]) {
  for (const id of ids) expect(await answer(running, id, 'approve')).toMatchObject({ counted: true });
}

/** The end of the release. */
export const outcome = (running: Service) =>
  awaitOutcome(running.client, running.request.package, running.request.version);

/** A text that contains another one. */
export function saying(text: string): unknown {
  return expect.stringContaining(text);
}
