import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { ConfigurationError } from './problems.js';

/** What a person's own file can say, by the variable that says the same. */
const keys = { as: 'SLIPWAY_AS', key: 'SLIPWAY_KEY' } as const;
type Key = keyof typeof keys;

/** Where a person's own file stands. */
export function userConfigFile(env: NodeJS.ProcessEnv): string {
  const { SLIPWAY_CONFIG: own, XDG_CONFIG_HOME: users } = env;
  // A relative folder is none, says the XDG specification.
  const folder = users !== undefined && path.isAbsolute(users) ? users : path.join(homedir(), '.config');
  return own ?? path.join(folder, 'slipway', 'config.toml');
}

/** The variables that a person's own file stands for; nothing where there is no file. All problems are thrown together. */
export async function readUserConfig(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Partial<Record<(typeof keys)[Key], string>>> {
  const file = userConfigFile(env);
  const text = textOf(file, env.SLIPWAY_CONFIG !== undefined);
  if (text === undefined) return {};
  const table = await parsed(text, file);
  const problems = Object.entries(table).flatMap(([key, value]) => problemsOf(file, key, value));
  if (problems.length > 0) throw new ConfigurationError(problems);
  const given = Object.entries(table) as [Key, string][];
  return Object.fromEntries(
    given.map(([key, value]) => [keys[key], key === 'key' ? atHome(value, path.dirname(file)) : value]),
  );
}

function textOf(file: string, isNamed: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isNamed) return undefined;
    throw new ConfigurationError([
      `${file} cannot be read (${message.split('\n')[0] ?? ''}): mend it, or set SLIPWAY_CONFIG.`,
    ]);
  }
}

async function parsed(text: string, file: string): Promise<object> {
  // Loaded late: most people have no such file.
  const { parse } = await import('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw new ConfigurationError([`${file} is not TOML: ${first}.`], { cause: error });
  }
}

function problemsOf(file: string, key: string, value: unknown): string[] {
  if (!Object.hasOwn(keys, key))
    return [`${file}: there is no key ${key}; there are ${Object.keys(keys).join(' and ')}.`];
  if (typeof value !== 'string' || value.trim() === '' || value.includes('\n'))
    return [
      `${file}: ${key} has to be a text on one line, such as ${key === 'as' ? '"ada"' : '"~/.ssh/id_ed25519.pub"'}.`,
    ];
  return [];
}

/** The file that is meant: from the home folder, or from the folder of the configuration. */
function atHome(file: string, folder: string): string {
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : path.resolve(folder, file);
}
