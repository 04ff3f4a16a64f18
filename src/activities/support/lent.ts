import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { LoanConfig } from '../../config/package-config.js';
import { quoted } from '../../evidence/redact.js';
import type { Workbench } from './workbench.js';

/** What the service lends to a run of tests: variables and secrets. */
export interface Lent {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** The run's own name, which tells its calls apart from those of the runs beside it. */
  readonly run: string;
}

/** What one run of tests gets; a secret that is missing is an operator failure. */
export function lend(bench: Workbench, { environment, secrets }: LoanConfig): Lent {
  const run = randomUUID();
  const service = Object.entries(bench.settings.testEnvironment);
  return {
    variables: {
      ...environment,
      ...Object.fromEntries(service.map(([name, value]) => [name, forRun(value, run)])),
    },
    secrets: Object.fromEntries(secrets.map((name) => [name, bench.secrets.get(name)])),
    run,
  };
}

/** A text of the service's settings with the name of the run filled in. */
export function forRun(text: string, run: string): string {
  return text.replaceAll('{run}', run);
}

/** Writes the secrets, and nothing else, into a `.env` that only its owner may read. */
export async function writeDotEnv(folder: string, { secrets }: Pick<Lent, 'secrets'>): Promise<void> {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${inDotEnv(value)}\n`);
  await writeFile(path.join(folder, '.env'), lines.join(''), { mode: 0o600, flag: 'wx' });
}

function inDotEnv(value: string): string {
  return /^[\w.+/=:@-]*$/.test(value) ? value : `'${quoted(value)}'`;
}
