import { setTimeout as delay } from 'node:timers/promises';
import { createInterface } from 'node:readline/promises';

import type { Client } from '@temporalio/client';

import { releaseId, searchAttributes, workflowTypes, yankId } from '../contract/handles.js';
import type { Message, MessageKind, MessageOutcome } from '../contract/messages.js';
import { progress, shownGates, type ProgressGate } from '../contract/progress.js';
import type { ReleaseRequest } from '../contract/release.js';
import type { Ledger } from '../contract/state.js';
import { ClientFailure, exitCodes } from './failures.js';
import type { Output } from './output.js';
import {
  isGone,
  lateIds,
  lateOutcome,
  readLedger,
  sendMessage,
  startLate,
  startRelease,
} from './releases.js';
import { renderGate, renderStatus } from './render.js';

/** Starts a release, or with `attach` joins the one that is open. */
export async function start(
  client: Client,
  request: ReleaseRequest,
  attach: boolean,
  output: Output,
): Promise<void> {
  const workflowId = releaseId(request.package, request.version);
  if (attach && (await isOpen(client, workflowId))) {
    report(output, { workflowId, state: 'attached' }, `joined ${workflowId}`);
    return;
  }
  const admission = await startRelease(client, request);
  if (admission.state === 'refused')
    throw new ClientFailure(
      ['Refused; nothing was changed.', ...admission.problems.map((problem) => `- ${problem}`)].join('\n'),
      exitCodes.refused,
    );
  const said =
    admission.state === 'admitted'
      ? [
          `${workflowId} is admitted; look at it with \`slipway status ${request.package} ${request.version} --watch\``,
          ...(admission.limits ?? []).map((limit) => `Know that ${limit}`),
        ].join('\n')
      : `${workflowId} waits behind ${admission.holder} (${String(admission.ahead)} ahead)`;
  report(output, { workflowId, ...admission }, said);
}

async function isOpen(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Shows a release, once or until it ends. */
export async function status(
  client: Client,
  name: string,
  version: string,
  watch: boolean,
  output: Output,
): Promise<void> {
  let shown = '';
  for (;;) {
    const ledger = await readLedger(client, name, version);
    const text = output.json
      ? JSON.stringify({ ...progress(ledger, output.screen().now.toISOString()), outcome: ledger.outcome })
      : renderStatus(ledger, output.screen());
    if (text !== shown) output.print(watch && output.interactive ? `\u001b[2J\u001b[H${text}` : text);
    shown = text;
    if (!watch || ledger.phase === 'closed') return;
    await delay(1000);
  }
}

/** Sends a person's message and says whether it counted. */
export async function say(
  client: Client,
  release: { package: string; version: string },
  kind: MessageKind,
  message: Message,
  output: Output,
): Promise<void> {
  const bound =
    kind === 'approve' || kind === 'reject'
      ? await bindToGate(client, release, kind, message, output)
      : message;
  try {
    const outcome = await sendMessage(client, release, kind, bound);
    tell(output, outcome);
  } catch (error) {
    if (!isGone(error)) throw error;
    await sayLate(client, release, kind, bound, output);
  }
}

/** With a release that has ended something may be going on that waits for people; or this message begins it. */
async function sayLate(
  client: Client,
  release: { package: string; version: string },
  kind: MessageKind,
  message: Message,
  output: Output,
): Promise<void> {
  if (await isHeardLate(client, release, kind, message, output)) return;
  if (kind !== 'yank' && kind !== 'un-yank')
    throw new ClientFailure(
      `${releaseId(release.package, release.version)} is not open: see \`slipway list\`.`,
      exitCodes.refused,
    );
  const reason = message.reason ?? 'no reason given';
  const workflowId = await startLate(client, kind, { ...release, by: message.by, reason });
  const ended = await lateOutcome(client, workflowId);
  const going =
    kind === 'yank' ? 'is yanking it now' : 'waits for two approvers: `slipway status` shows what to approve';
  report(
    output,
    { workflowId, counted: true, ...ended },
    ended?.summary ?? `the release had ended; ${workflowId} ${going}`,
  );
}

/** Whether one of the runs that may be open for a release that has ended took the message. */
async function isHeardLate(
  client: Client,
  release: { package: string; version: string },
  kind: MessageKind,
  message: Message,
  output: Output,
): Promise<boolean> {
  for (const workflowId of lateIds(release)) {
    try {
      const outcome = await sendMessage(client, release, kind, message, workflowId);
      // A late yank that is sent twice is one, and both are told how it ends.
      const same = kind === 'yank' && workflowId === yankId(release.package, release.version);
      if (same && outcome?.counted === false) return false;
      tell(output, outcome);
      return true;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return false;
}

function tell(output: Output, outcome: MessageOutcome | undefined): void {
  if (outcome === undefined)
    throw new ClientFailure(
      'Recorded, but not judged yet, because no worker answers: nothing more is needed than a worker (`slipway worker`); `slipway status` then says whether it counted.',
      exitCodes.unreachable,
    );
  if (!outcome.counted) throw new ClientFailure(`Not counted: ${outcome.why}.`, exitCodes.notCounted);
  report(output, outcome, `counted: ${outcome.why}`);
}

/** Without `--gate` and `--digest` the person is shown what is asked and says yes to exactly that. */
async function bindToGate(
  client: Client,
  release: { package: string; version: string },
  kind: 'approve' | 'reject',
  message: Message,
  output: Output,
): Promise<Message> {
  if (message.gate !== undefined && message.digest !== undefined) return message;
  const ledger = await readLedger(client, release.package, release.version);
  const gate = theGate(ledger, message.gate, kind);
  if (!output.interactive)
    throw new ClientFailure(
      [
        ...renderGate(gate, output.screen()),
        `Say what you ${kind}: --gate ${gate.id} --digest ${gate.digest.slice(0, 12)}`,
      ].join('\n'),
      exitCodes.usage,
    );
  output.print(renderGate(gate, output.screen()).join('\n'));
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const typed = await prompt.question(`Type ${release.version} to ${kind} this: `);
  prompt.close();
  if (typed.trim() !== release.version) throw new ClientFailure('Nothing was sent.', exitCodes.refused);
  return { ...message, gate: gate.id, digest: gate.digest };
}

function theGate(ledger: Ledger, wanted: string | undefined, kind: string): ProgressGate {
  const gates = shownGates(ledger).filter((gate) => wanted === undefined || gate.id === wanted);
  const [gate] = gates;
  if (gate === undefined)
    throw new ClientFailure(`Nothing to ${kind}: no gate is open now.`, exitCodes.notCounted);
  return gate;
}

/** Lists the releases that the server knows, newest first. */
export async function list(client: Client, output: Output): Promise<void> {
  const rows: Record<string, string>[] = [];
  const query = `WorkflowType IN ('${workflowTypes.release}', '${workflowTypes.yank}', '${workflowTypes.unYank}')`;
  for await (const run of client.workflow.list({ query })) {
    const attribute = (name: string) => {
      const value: unknown = run.typedSearchAttributes.getAll().find(({ key }) => key.name === name)?.value;
      return typeof value === 'string' ? value : '';
    };
    rows.push({
      workflowId: run.workflowId,
      run: run.status.name.toLowerCase(),
      status: attribute(searchAttributes.status),
      step: attribute(searchAttributes.step),
      waitingFor: attribute(searchAttributes.waitingFor),
      started: run.startTime.toISOString(),
    });
  }
  if (output.json) output.print(JSON.stringify(rows));
  else if (rows.length === 0) output.print('no release yet: begin with `slipway start <package> <version>`');
  else
    for (const row of rows)
      output.print(
        `${row.workflowId ?? ''}\n  ${row.run ?? ''}, ${row.status ?? ''}, at ${row.step ?? ''}, waiting for ${row.waitingFor ?? ''}`,
      );
}

function report(output: Output, value: object, text: string): void {
  output.print(output.json ? JSON.stringify(value) : text);
}
