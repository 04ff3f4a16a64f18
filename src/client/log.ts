import { stripVTControlCharacters } from 'node:util';

import type { Client } from '@temporalio/client';

import { releaseId } from '../contract/handles.js';
import type { RunningPiece } from '../contract/log.js';
import { plainLine } from '../contract/plain.js';
import type { ReleaseRequest } from '../contract/release.js';
import { openLogSession, type LogSession } from './log-session.js';
import { partsOf, type LogPart, type LogWish } from './log-parts.js';
import type { Output } from './output.js';
import { lateIds, readLedger } from './releases.js';

type Release = Pick<ReleaseRequest, 'package' | 'version'>;

/** For how long a question waits for something new, in seconds. */
const followSeconds = 20;

/** Prints what the tools of a step have printed; with `follow` until the step has ended. */
export async function log(
  client: Client,
  release: Release,
  wish: LogWish,
  follow: boolean,
  output: Output,
): Promise<void> {
  const ledger = await readLedger(client, release.package, release.version);
  const { parts, running } = partsOf(ledger, wish);
  const session = openLogSession(client, release);
  const leave = () => {
    void session.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', leave);
  try {
    for (const part of parts) await printKept(session, part, output);
    if (running !== undefined) await printRunning(client, release, session, { ...running, follow }, output);
  } finally {
    process.off('SIGINT', leave);
    await session.close();
  }
}

async function printKept(session: LogSession, part: LogPart, output: Output): Promise<void> {
  const printer = printerOf(output);
  printer.head(part.title);
  for (let offset = 0, size = 1; offset < size;) {
    const answer = await session.ask({ digest: part.digest, offset });
    if ('missing' in answer) {
      printer.note(`It is not in the artifact store any more (sha256 ${part.digest}).`);
      return;
    }
    if ('binary' in answer) {
      printer.note(`A file of ${String(answer.size)} bytes and no text: sha256 ${part.digest}.`);
      return;
    }
    if ('running' in answer) return;
    if (answer.size === 0) printer.note('It printed nothing.');
    printer.text(answer.text);
    [offset, size] = [answer.next, answer.size];
  }
  printer.end();
}

interface Running {
  readonly step: number;
  /** When the step began, ISO 8601. */
  readonly since: string;
  readonly follow: boolean;
}

async function printRunning(
  client: Client,
  release: Release,
  session: LogSession,
  { step, since, follow }: Running,
  output: Output,
): Promise<void> {
  const workflowIds = [releaseId(release.package, release.version), ...lateIds(release)];
  const shown = printerOfSeveral(output);
  const isRunning = async () => {
    const record = (await readLedger(client, release.package, release.version)).steps[step - 1];
    return record?.state === 'running' && record.startedAt === since;
  };
  /** Shows everything that there is now; where that is nothing new, waits for it so many seconds. */
  const catchUp = async (seconds: number) => {
    for (let wait = seconds; ; wait = 0) {
      const answer = await session.ask({ workflowIds, since, seen: shown.seen, seconds: wait });
      const pieces = 'running' in answer ? answer.running : [];
      pieces.forEach(shown.show);
      if (pieces.length === 0) return;
    }
  };
  await catchUp(0);
  while (follow && (await isRunning())) await catchUp(followSeconds);
  // What was printed between the last question and the end.
  if (follow) await catchUp(0);
  shown.end();
  if (Object.keys(shown.seen).length === 0)
    printerOf(output).note(`No tool of step ${String(step)} has printed anything.`);
  if (!follow && !output.json)
    process.stderr.write(`Step ${String(step)} goes on: \`--follow\` shows what comes.\n`);
}

/** Prints what several tools print at once, with a line that says whose it is wherever that changes. */
function printerOfSeveral(output: Output) {
  const seen: Record<string, number> = {};
  const printers = new Map<string, ReturnType<typeof printerOf>>();
  let last: string | undefined;
  return {
    seen,
    show: ({ name, title, text, next }: RunningPiece) => {
      const printer = printers.get(name) ?? printerOf(output);
      printers.set(name, printer);
      if (last !== name) printer.head(title);
      last = name;
      printer.text(text);
      seen[name] = next;
    },
    end: () => {
      for (const printer of printers.values()) printer.end();
    },
  };
}

/** Prints whole lines in which nothing can be hidden from a terminal. */
function printerOf(output: Output) {
  let title = '';
  let open = '';
  const say = (line: object, text: string) => {
    output.print(output.json ? JSON.stringify({ title, ...line }) : text);
  };
  const print = (line: string) => {
    const plain = stripVTControlCharacters(line).replaceAll(/[^\P{Cc}\t]/gu, '');
    say({ line: plain }, plain);
  };
  return {
    head(text: string) {
      title = plainLine(text);
      if (!output.json) output.print(`── ${title}`);
    },
    note(text: string) {
      say({ note: text }, text);
    },
    text(piece: string) {
      const lines = `${open}${piece}`.split(/\r?\n|\r(?=[^\n])/);
      open = lines.pop() ?? '';
      lines.forEach(print);
    },
    end() {
      if (open !== '') print(open);
      open = '';
    },
  };
}
