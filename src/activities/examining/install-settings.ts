import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { fail, pass, type Precondition } from '../../contract/preconditions.js';
import { mainIndex } from '../support/indexes.js';
import { readProject } from '../support/project-page.js';
import { run } from '../support/run.js';
import { tool, type Workbench } from '../support/workbench.js';
import type { Workplace } from '../support/workplace.js';

/** Settings of pip that only say how it talks. */
const harmless =
  /disable[-_]pip[-_]version[-_]check|no[-_]input|no[-_]color|progress[-_]bar|timeout|retries/i;

/** What the folder of pip's and uv's own settings is found by. */
const places = ['HOME', 'PATH', 'XDG_CONFIG_HOME', 'XDG_CONFIG_DIRS', 'PIP_CONFIG_FILE'] as const;

/**
 * What this machine tells pip and uv beside the service, by name and never by value, for an address may hold a password. No
 * tool of a release gets any of it, so that what matters is whether the network can be used without.
 */
export async function installPreconditions(bench: Workbench, place: Workplace): Promise<Precondition[]> {
  const found = [...(await pipSettings(bench, place)), ...variables(), ...(await uvFiles())];
  const main = await mainIndex(bench);
  const own =
    found.length === 0
      ? 'pip and uv have no settings of their own on this machine'
      : `This machine sets ${found.join(', ')}; installs of a release ignore that, and go by slipway.toml alone`;
  try {
    await readProject(bench, main, 'pip');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      fail(
        'machine',
        `${main.name}, where dependencies come from, cannot be read: ${why}. ${own}`,
        'set main-index, ca-bundle or proxy under [network] in slipway.toml to what this network needs, and restart the worker.',
      ),
    ];
  }
  return [pass('machine', own), pass('machine', `${main.name}, where dependencies come from, answers`)];
}

async function pipSettings(bench: Workbench, place: Workplace): Promise<string[]> {
  const own = places.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const { exitCode, stdout } = await run([tool(bench, 'pip'), 'config', 'list'], {
    cwd: place.folder,
    env: Object.fromEntries(own),
    timeoutSeconds: 60,
  });
  if (exitCode !== 0) return ['a configuration that pip itself cannot read'];
  return stdout.split('\n').flatMap((line) => {
    const key = /^([\w.:-]+?)=/.exec(line)?.[1];
    return key === undefined || key.startsWith(':env:') || harmless.test(key) ? [] : [`${key} (pip)`];
  });
}

function variables(): string[] {
  return Object.keys(process.env)
    .filter((name) => /^(PIP|UV)_/.test(name) && name !== 'PIP_CONFIG_FILE' && !harmless.test(name))
    .sort();
}

async function uvFiles(): Promise<string[]> {
  const { XDG_CONFIG_HOME: config = path.join(homedir(), '.config') } = process.env;
  const files = [path.join(config, 'uv', 'uv.toml'), '/etc/uv/uv.toml'];
  const there = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return there.flat();
}
