import { createInterface } from 'node:readline/promises';

import type { Client } from '@temporalio/client';

import { releaseId, searchAttributes, workflowTypes, yankId } from '../contract/handles.js';
import { isBound, type Message, type MessageKind } from '../contract/messages.js';
import type { Answer } from '../contract/refusals.js';
import { headline, shownGates, type ProgressGate } from '../contract/progress.js';
import type { ReleaseRequest } from '../contract/release.js';
import type { Ledger } from '../contract/state.js';
import { commandFor } from '../contract/trouble.js';
import { isOpen } from './engine.js';
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
import { renderGate } from './render.js';
import { signedWhereItCan, type BoundMessage } from './signing.js';
import { isSigned } from '../contract/signing.js';

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
  if (admission.state === 'refused') throw new ClientFailure(admission.trouble, exitCodes.refused);
  const said =
    admission.state === 'admitted'
      ? [
          `${workflowId} is admitted; look at it with \`slipway status ${request.package} ${request.version} --watch\``,
          ...(admission.already ?? []).map((fact) => `Taken over: ${fact}`),
          ...(admission.limits ?? []).map((limit) => `Know that ${limit}`),
        ].join('\n')
      : `${workflowId} waits behind ${admission.holder} (${String(admission.ahead)} ahead)`;
  report(output, { workflowId, ...admission }, said);
}

/** Sends a person's message and says whether it counted; an answer is signed with the key, or with git's. */
export async function say(
  client: Client,
  release: { package: string; version: string },
  kind: MessageKind,
  message: Message,
  output: Output,
  key?: string,
): Promise<void> {
  const bound = isBound(kind) ? await answerTo(client, release, kind, message, output, key) : message;
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
      {
        now: `${releaseId(release.package, release.version)} is not open.`,
        not: `The ${kind} was not sent: nothing takes it.`,
        next: '`slipway list` shows what is open.',
      },
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

function tell(output: Output, outcome: Answer | undefined): void {
  if (outcome === undefined)
    throw new ClientFailure(
      {
        now: 'Recorded, but not judged yet, because no worker answers.',
        not: 'Nothing came of it so far, and nothing is lost.',
        next: '`slipway worker` judges it, with nothing sent again; `slipway status` then says whether it counted.',
      },
      exitCodes.unreachable,
    );
  if (!outcome.counted) throw new ClientFailure(outcome.trouble, exitCodes.notCounted);
  report(output, outcome, `counted: ${outcome.why}`);
}

/** The answer as it is sent; nobody who stops something waits for a worker to say what a signature would have to cover. */
async function answerTo(
  client: Client,
  release: { package: string; version: string },
  kind: MessageKind,
  message: Message,
  output: Output,
  key: string | undefined,
): Promise<Message> {
  const { gate, digest } = message;
  const given = gate === undefined || digest === undefined ? undefined : { ...message, gate, digest };
  const ledger = await readLedger(client, release.package, release.version).catch((error: unknown) => {
    if (kind !== 'approve' && given !== undefined) return undefined;
    throw error;
  });
  if (ledger === undefined) return message;
  const answer = given ?? (await bindToGate(ledger, kind, message, output));
  return isSigned(kind) ? signedWhereItCan(ledger, kind, answer, key) : answer;
}

/** Without `--gate` and `--digest` the person is shown what is asked and says yes to exactly that. */
async function bindToGate(
  ledger: Ledger,
  kind: MessageKind,
  message: Message,
  output: Output,
): Promise<BoundMessage> {
  const { version } = ledger.request;
  const gate = theGate(ledger, message.gate, kind);
  if (!output.interactive)
    throw new ClientFailure(
      {
        now: ['this is asked:', ...renderGate(gate, output.screen())].join('\n'),
        not: `Nothing was sent: say what you ${kind}.`,
        next: `\`${commandFor(kind, ledger.request, `--gate ${gate.id} --digest ${gate.digest.slice(0, 12)}`)}\``,
      },
      exitCodes.usage,
    );
  output.print(renderGate(gate, output.screen()).join('\n'));
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const typed = await prompt.question(`Type ${version} to ${kind} this: `);
  prompt.close();
  if (typed.trim() !== version)
    throw new ClientFailure(
      {
        now: `The gate ${gate.id} is asked as before.`,
        not: `Nothing was sent, because that was not ${version}.`,
        next: `\`${commandFor(kind, ledger.request)}\` asks again.`,
      },
      exitCodes.refused,
    );
  const retyped = kind === 'approve' ? { retyped: version } : {};
  return { ...message, ...retyped, gate: gate.id, digest: gate.digest };
}

function theGate(ledger: Ledger, wanted: string | undefined, kind: string): ProgressGate {
  const gates = shownGates(ledger).filter(
    ({ id, commands }) =>
      (wanted === undefined || id === wanted) &&
      commands.some((command) => command.startsWith(`slipway ${kind} `)),
  );
  const [gate, ...others] = gates;
  if (gate === undefined)
    throw new ClientFailure(
      {
        now: `${ledger.request.package} ${ledger.request.version}: ${headline(ledger)}.`,
        not: `Nothing to ${kind}: ${wanted === undefined ? 'no gate takes that now' : `the gate ${wanted} does not take it now`}.`,
        next: `\`${commandFor('status', ledger.request)}\` shows what it waits for.`,
      },
      exitCodes.notCounted,
    );
  if (others.length > 0)
    throw new ClientFailure(
      {
        now: `Several gates take ${kind} now: ${gates.map(({ id }) => id).join(', ')}.`,
        not: 'Nothing was sent, because it would not be known to which.',
        next: gates.map(({ id }) => `\`${commandFor(kind, ledger.request, `--gate ${id}`)}\``).join(' or '),
      },
      exitCodes.usage,
    );
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
    for (const { workflowId = '', run = '', status, step, waitingFor } of rows) {
      // A run that was refused before it began has said nothing of itself.
      const said = [status, step && `at ${step}`, waitingFor && `waiting for ${waitingFor}`];
      output.print(`${workflowId}\n  ${[run, ...said].filter(Boolean).join(', ')}`);
    }
}

function report(output: Output, value: object, text: string): void {
  output.print(output.json ? JSON.stringify(value) : text);
}
