import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { run } from './run.js';
import { inThrowawayFolder, tool, toolEnvironment, type Workbench } from './workbench.js';

/** The Python scripts that come with the service. */
export type Script =
  | 'build_distributions.py'
  | 'describe_environment.py'
  | 'inspect_distribution.py'
  | 'notify_with_apprise.py'
  | 'read_junit.py'
  | 'read_tools.py'
  | 'slipway_report.py'
  | 'upload_with_codecovcli.py'
  | 'upload_with_twine.py'
  | 'write_coverage_xml.py';

const scriptFolder = findScripts(import.meta.dirname);

/** Where a script stands. */
export function scriptPath(script: Script): string {
  return path.join(scriptFolder, script);
}

/** Runs one of the scripts that print one JSON document, apart from everything that the machine's Python is set to. */
export async function runScript<T>(
  bench: Workbench,
  script: Script,
  args: readonly string[],
  shape: z.ZodType<T>,
): Promise<T> {
  return inThrowawayFolder(bench, async (folder) => {
    const result = await run([tool(bench, 'python'), '-I', scriptPath(script), ...args], {
      cwd: folder,
      env: toolEnvironment(bench, folder),
      timeoutSeconds: 300,
    });
    if (result.exitCode !== 0) throw new Error(`${script} failed: ${result.output.trim().slice(-1000)}`);
    return shape.parse(JSON.parse(result.stdout));
  });
}

const toolsShape = z.object({
  python: z.string(),
  versions: z.record(z.string(), z.string()),
  uploads: z.record(z.string(), z.string()),
  codecov: z.object({ upload: z.string(), api: z.string() }),
});

/** The versions of the Python tools, and the addresses that they know: twine's by an index's name, and codecovcli's. */
export type Tools = z.output<typeof toolsShape>;

const known = new WeakMap<Workbench, Promise<Tools>>();

/** The requirements under which a tool is locked, each for some Pythons. */
export async function lockedRequirements(name: string): Promise<string[]> {
  const lock = await readFile(path.join(scriptFolder, 'requirements.txt'), 'utf8');
  const lines = lock.split('\n').filter((line) => line.startsWith(`${name}==`));
  return lines.map((line) => line.replace(/ *\\$/, ''));
}

/** Asks the Python tools who they are; once for each workbench. */
export async function readTools(bench: Workbench): Promise<Tools> {
  const asked = known.get(bench) ?? runScript(bench, 'read_tools.py', [], toolsShape);
  known.set(bench, asked);
  asked.catch(() => known.delete(bench));
  return asked;
}

/** The scripts stand beside the package.json of the service, for its sources as for its bundles. */
function findScripts(folder: string): string {
  const candidate = path.join(folder, 'tools', 'python');
  if (existsSync(path.join(folder, 'package.json')) && existsSync(candidate)) return candidate;
  const parent = path.dirname(folder);
  if (parent === folder)
    throw new Error('the folder tools/python of the service is not there: install it whole');
  return findScripts(parent);
}
