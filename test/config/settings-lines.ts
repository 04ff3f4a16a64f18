import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import { readSettings, type Settings } from '../../src/config/settings.js';

/** The settings that these lines say, beside the one approver that there has to be. */
export function readLines(...lines: readonly string[]): Promise<Settings> {
  return readLinesIn({}, ...lines);
}

/** The same with these variables. */
export async function readLinesIn(env: NodeJS.ProcessEnv, ...lines: readonly string[]): Promise<Settings> {
  const folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'slipway.toml');
  await writeFile(file, ['approvers = ["mara"]', ...lines].join('\n'));
  return readSettings(file, env);
}
