import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { redact } from '../../evidence/redact.js';
import { run } from '../support/run.js';
import { scriptPath } from '../support/scripts.js';
import { inThrowawayFolder, tool, toolEnvironment, type Workbench } from '../support/workbench.js';

/** How long one channel may take, in seconds; Apprise is ended after the second time. */
const limitSeconds = 20;
const mostSeconds = 30;

const answerShape = z.union([z.object({ delivered: z.literal(true) }), z.object({ why: z.string() })]);

/** What goes by a channel: releases are told apart, and in mail made threads, by the id of the thread. */
export interface Letter {
  readonly title: string;
  readonly body: string;
  readonly thread: string;
}

/** Delivers by one channel of the settings with Apprise, which gets its address in a file; answers why it could not. */
export async function deliver(
  bench: Workbench,
  channel: string,
  { title, body, thread }: Letter,
): Promise<string | undefined> {
  const secret = bench.settings.notify[channel]?.secret;
  if (secret === undefined) return `slipway.toml names no channel ${channel}`;
  if (!bench.secrets.has(secret)) return `the urgent worker was started without the secret ${secret}`;
  const url = bench.secrets.get(secret);
  return inThrowawayFolder(bench, async (folder) => {
    const [answer, job] = [path.join(folder, 'answer.json'), path.join(folder, 'job.json')];
    await writeFile(job, JSON.stringify({ url, title, body, thread, seconds: limitSeconds }), {
      mode: 0o600,
    });
    const script = [tool(bench, 'python'), '-I', scriptPath('notify_with_apprise.py'), answer, job] as const;
    const result = await run(script, {
      cwd: folder,
      env: toolEnvironment(bench, folder),
      timeoutSeconds: mostSeconds,
    });
    const text = await readFile(answer, 'utf8').catch(() => undefined);
    if (text === undefined) {
      const ending = result.timedOut ? `took longer than ${String(mostSeconds)} s` : 'ended before its time';
      return `Apprise ${ending}${inBrackets(redact(result.output.trim(), partsOf(url)).slice(-300))}`;
    }
    const found = answerShape.parse(JSON.parse(text));
    return 'delivered' in found ? undefined : redact(found.why, partsOf(url)).slice(0, 300);
  });
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text})`;
}

/** The shortest part of an address that is taken for a secret. */
const shortest = 4;

/** Whatever of a channel's address may be its secret: in many it is in the place of a host or of a path. */
export function partsOf(url: string): string[] {
  const rest = url.replace(/^[a-z0-9]+:\/\//i, '');
  const parts = rest.split(/[/:@?&=#,]+/).flatMap((part) => [part, decoded(part)]);
  return [url, rest, ...new Set(parts.filter((part) => part.length >= shortest))];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
