import { openGates, stillToAnswer, type Ledger } from './state.js';
import { messageHelp, type MessageKind, type MessageOutcome } from './messages.js';
import { commandsFor, headline } from './progress.js';
import { commandFor, type Trouble } from './trouble.js';

/** What a message is answered: one that does not count says what is true, what is not, and what to type. */
export type Answer =
  | (MessageOutcome & { readonly counted: true })
  | (MessageOutcome & { readonly counted: false; readonly trouble: Trouble });

/** The answer to a message, as the ledger stands after it. */
export function answered(ledger: Ledger, kind: MessageKind, { counted, why }: MessageOutcome): Answer {
  return counted ? { counted, why } : { counted, why, trouble: refusedMessage(ledger, kind, why) };
}

/** A message that did not count. */
export function refusedMessage(ledger: Ledger, kind: MessageKind, why: string): Trouble {
  const { package: name, version } = ledger.request;
  const gates = openGates(ledger).map(({ id }) => id);
  const where = gates.length === 0 ? '' : ` (${gates.join(', ')})`;
  return {
    now: `${name} ${version}: ${headline(ledger)}${where}. The ${kind} changed nothing.`,
    not: `Not counted: ${why}.`,
    next: nextFor(ledger, kind),
  };
}

/** A message that is none, which no release has taken. */
export function malformedMessage(request: Ledger['request'], kind: MessageKind, why: string): Trouble {
  const { package: name, version } = request;
  return {
    now: `${name} ${version} is as it was.`,
    not: `The ${kind} was not taken: ${why}.`,
    next: `Send it as \`${commandFor(kind, request, optionsOf(kind))}\`.`,
  };
}

function optionsOf(kind: MessageKind): string {
  const bound = messageHelp[kind].includes('"digest"') ? '--gate … --digest … ' : '';
  return `${bound}--reason "…"`;
}

function nextFor(ledger: Ledger, kind: MessageKind): string {
  const gate = openGates(ledger).find(({ answers }) => answers.includes(kind));
  const command = gate && commandsFor(ledger, gate).find((line) => line.startsWith(`slipway ${kind} `));
  if (gate !== undefined && command !== undefined)
    return `${stillToAnswer(ledger, gate).join(', ')}: \`${command}\`.`;
  const instead = insteadOf(ledger, kind);
  const look = `\`${commandFor('status', ledger.request)}\` shows what it waits for.`;
  return instead === undefined
    ? look
    : `\`${commandFor(instead, ledger.request, '--reason "…"')}\`, or ${look}`;
}

/** What does what somebody wanted, where the release has gone too far, or not far enough. */
function insteadOf({ phase, stop }: Ledger, kind: MessageKind): MessageKind | undefined {
  if (stop !== undefined || phase === 'closed') return undefined;
  if (kind === 'abort' && phase === 'uploading') return 'yank';
  if (kind === 'report') return phase === 'uploading' ? 'yank' : 'abort';
  return undefined;
}
