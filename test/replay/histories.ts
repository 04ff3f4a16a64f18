import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';

const folder = path.join(import.meta.dirname, 'histories');

/** A history with the workflow id that it had: digests of what people approved contain that. */
export interface Kept {
  readonly name: string;
  readonly workflowId: string;
  readonly history: History;
}

/** The names of all kept histories. */
export function keptNames(): string[] {
  return readdirSync(folder)
    .map((file) => path.basename(file, '.json'))
    .sort();
}

/** Keeps a history, one event a line. */
export function keep(name: string, history: History): void {
  const { events } = JSON.parse(historyToJSON(history)) as { events: unknown[] };
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  writeFileSync(path.join(folder, `${name}.json`), `{"events":[\n${lines}\n]}\n`);
}

/** A kept history. */
export function kept(name: string): Kept {
  const history = historyFromJSON(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')));
  const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (typeof workflowId !== 'string') throw new Error(`${name} does not begin with the start of a workflow`);
  return { name, workflowId, history };
}

/** The history as it was whenever a worker was handed it: up to each workflow task that was started. */
export function prefixes({ name, workflowId, history }: Kept): Kept[] {
  const events = history.events ?? [];
  return events.flatMap((event, at) =>
    event.workflowTaskStartedEventAttributes
      ? [
          {
            name: `${name}, ${String(at + 1)} events`,
            workflowId,
            history: { events: events.slice(0, at + 1) },
          },
        ]
      : [],
  );
}

/** What does not replay on a bundle of workflows, each with the engine's words for it. */
export async function notReplayed(
  workflowBundle: WorkflowBundleOption,
  histories: readonly Kept[],
): Promise<{ name: string; error: Error }[]> {
  const failed: { name: string; error: Error }[] = [];
  let at = 0;
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    const name = histories[at++]?.name ?? '';
    if (error !== undefined) failed.push({ name, error });
  }
  if (at !== histories.length)
    throw new Error(`only ${String(at)} of ${String(histories.length)} were replayed`);
  return failed;
}
