import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

import type { PackageConfig } from '../../config/package-config.js';
import { finding, type Finding } from '../../contract/verdict.js';
import { install, makeEnvironment } from './environment.js';
import { mainIndex } from './indexes.js';
import { listFiles } from './source.js';
import { commandOf } from './test-run.js';
import { lastWords } from './wording.js';
import { runKept, tool, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const longestSeconds = 1800;

/** Runs the package's own `prepare` command in a fresh checkout; it may add files and change none. */
export async function prepareSource(
  bench: Workbench,
  place: Workplace,
  { prepare, constraints }: PackageConfig,
  checkout: string,
): Promise<Finding | undefined> {
  if (prepare === undefined) return undefined;
  const environment = await makeEnvironment(bench, place, place.at('prepare'), {
    program: tool(bench, 'python'),
  });
  const refused =
    prepare.requirements.length === 0
      ? undefined
      : await install(bench, place, environment, {
          args: prepare.requirements,
          index: await mainIndex(bench),
          cwd: checkout,
          constraints: constraints === undefined ? undefined : path.join(checkout, constraints),
        });
  if (refused !== undefined) return refused;
  const before = await digestsOf(checkout);
  const result = await runKept(bench, commandOf(prepare.command), {
    cwd: checkout,
    env: environment.env,
    timeoutSeconds: longestSeconds,
  });
  const said = place.plain(result.output.trim());
  const words = prepare.command.join(' ');
  if (result.timedOut) return finding(`prepare (${words}) did not end within 30 minutes`, said, result.log);
  if (result.exitCode !== 0)
    return finding(`prepare (${words}) failed: ${lastWords(said)}`, said, result.log);
  const after = await digestsOf(checkout);
  const changed = [...before].filter(([file, digest]) => after.get(file) !== digest).map(([file]) => file);
  if (changed.length === 0) return undefined;
  return finding(
    `prepare (${words}) changes files of the commit, which it may only add to: commit what it makes of them, or have it write elsewhere`,
    changed.join('\n'),
    result.log,
  );
}

async function digestsOf(folder: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const file of await listFiles(folder)) digests.set(file, await digestOf(path.join(folder, file)));
  return digests;
}

/** Of a symbolic link, where it leads. */
async function digestOf(file: string): Promise<string> {
  const content = await readFile(file).catch(async () => realpath(file).catch(() => 'broken'));
  return createHash('sha256').update(content).digest('hex');
}
