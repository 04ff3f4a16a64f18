import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { ModeConfig } from '../../config/package-config.js';
import type { Workbench } from './workbench.js';

/** What the service lends to a run of tests: variables and secrets. */
export interface Lent {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a mode or an application gets; a secret that is missing is an operator failure. */
export function lend(bench: Workbench, { environment, secrets }: ModeConfig): Lent {
  return {
    variables: { ...environment, ...bench.settings.testEnvironment },
    secrets: Object.fromEntries(secrets.map((name) => [name, bench.secrets.get(name)])),
  };
}

/** Writes the secrets, and nothing else, into a `.env` that only its owner may read. */
export async function writeDotEnv(folder: string, { secrets }: Lent): Promise<void> {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${quoted(value)}\n`);
  await writeFile(path.join(folder, '.env'), lines.join(''), { mode: 0o600, flag: 'wx' });
}

function quoted(value: string): string {
  return /^[\w.+/=:@-]*$/.test(value) ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
