import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';

import { plainLine } from '../../contract/plain.js';
import type { Digest } from '../../contract/release.js';
import { isAlive } from './alive.js';
import { currentActivity } from './cancellation.js';
import { redact, redacting } from '../../evidence/redact.js';
import type { Command } from './run.js';

/** What a tool of a running activity prints, where others can read it; its end is in the artifact store alone. */
export interface RunningOutput {
  readonly write: (chunk: Buffer) => void;
  /** The whole of it is kept now, byte for byte as far as it was written here. */
  keep(digest: Digest): Promise<void>;
  /** Nothing is kept of it. */
  drop(): Promise<void>;
}

/** What is known of an output beside its text. */
interface Label {
  readonly title: string;
  readonly pid: number;
  /** Where the whole of it is kept, once the tool has ended. */
  readonly digest?: Digest;
}

/** An output as it can be read: from a file while the tool runs, then from the artifact store. */
export interface ReadableOutput extends Label {
  readonly name: string;
  readonly file: string;
  /** When the tool began, ISO 8601. */
  readonly began: string;
}

/** For how long one who follows a tool is told where its output is kept, in milliseconds. */
const keptFor = 24 * 60 * 60 * 1000;
const longestTitle = 160;

const nothing: RunningOutput = {
  write: () => undefined,
  keep: () => Promise.resolve(),
  drop: () => Promise.resolve(),
};

/** The folder of what the tools of a run print. */
function folderOf(state: string, workflowId: string): string {
  return path.join(state, 'running', encodeURIComponent(workflowId));
}

let opened = 0;

/** Opens the place of a tool's output, without these values; outside of an activity nobody could ask for it. */
export async function openRunningOutput(
  state: string,
  command: Command,
  hidden: readonly string[],
): Promise<RunningOutput> {
  const { workflowExecution, activityType } = currentActivity()?.info ?? {};
  if (workflowExecution === undefined) return nothing;
  const folder = folderOf(state, workflowExecution.workflowId);
  opened += 1;
  const name = `${String(Date.now())}-${activityType ?? ''}-${String(process.pid)}-${String(opened)}`;
  const file = path.join(folder, name);
  const title = titleOf(command, state, hidden);
  const label = (more: Partial<Label>) =>
    writeFile(`${file}.json`, JSON.stringify({ title, pid: process.pid, ...more } satisfies Label), {
      mode: 0o600,
    });
  try {
    await mkdir(folder, { recursive: true });
    await label({});
  } catch {
    // That others can look on is worth no failed release.
    return nothing;
  }
  const text = writeRedacted(`${file}.log`, hidden);
  const drop = async () => {
    await text.close();
    await Promise.all([rm(`${file}.log`, { force: true }), rm(`${file}.json`, { force: true })]);
  };
  return {
    write: text.write,
    async keep(digest) {
      await text.close();
      await label({ digest }).catch(drop);
      await rm(`${file}.log`, { force: true });
    },
    drop,
  };
}

/** A tool by its name and its arguments, on one line and without the throwaway folder, which tells nobody anything. */
function titleOf([program, ...args]: Command, state: string, hidden: readonly string[]): string {
  const line = redact([path.basename(program), ...args].join(' '), hidden)
    .replaceAll(`${path.join(state, 'work')}/`, '')
    .replaceAll(/w-\d+-\w{6}\//g, '');
  const title = plainLine(line);
  return title.length > longestTitle ? `${title.slice(0, longestTitle)}…` : title;
}

function writeRedacted(
  file: string,
  hidden: readonly string[],
): { readonly write: (chunk: Buffer) => void; close(): Promise<void> } {
  const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  let broken = false;
  stream.on('error', () => {
    broken = true;
  });
  const closed = once(stream, 'close').catch(() => undefined);
  const decoder = new StringDecoder('utf8');
  const redactor = redacting(hidden);
  return {
    write(chunk) {
      if (!broken) stream.write(redactor.push(decoder.write(chunk)));
    },
    async close() {
      if (!broken && !stream.writableEnded) stream.end(redactor.push(decoder.end()) + redactor.end());
      await closed;
    },
  };
}

/** What the tools of a run print and have printed since a moment (ISO 8601), in the order in which they began. */
export async function readRunningOutputs(
  state: string,
  workflowId: string,
  since: string,
): Promise<ReadableOutput[]> {
  const folder = folderOf(state, workflowId);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  const outputs = await Promise.all(
    names.map(async (name) => {
      const label = await readLabel(path.join(folder, `${name}.json`));
      const began = new Date(startOf(name)).toISOString();
      return label === undefined ? [] : [{ ...label, name, began, file: path.join(folder, `${name}.log`) }];
    }),
  );
  return outputs
    .flat()
    .filter(({ began }) => began >= since)
    .sort((a, b) => startOf(a.name) - startOf(b.name));
}

/** When the tool of an output began, in milliseconds: its name begins with it. */
function startOf(name: string): number {
  return Number.parseInt(name, 10);
}

async function readLabel(file: string): Promise<Label | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Label;
  } catch {
    // It ended, or is being written.
    return undefined;
  }
}

/** Removes what killed processes left half-written, and what nobody can follow any more. */
export async function sweepRunningOutputs(state: string, now = Date.now()): Promise<void> {
  const parent = path.join(state, 'running');
  for (const run of await readdir(parent).catch(() => [])) {
    const folder = path.join(parent, run);
    const outputs = await readRunningOutputs(state, decodeURIComponent(run), '');
    for (const { name, pid, digest } of outputs)
      if (digest === undefined ? !isAlive(pid) : startOf(name) < now - keptFor)
        await Promise.all(
          ['json', 'log'].map((end) => rm(path.join(folder, `${name}.${end}`), { force: true })),
        );
    // Only an empty one goes.
    await rmdir(folder).catch(() => undefined);
  }
}
