import { readFile, writeFile } from 'node:fs/promises';

import { z } from 'zod';

import type { PackageConfig } from '../../config/package-config.js';
import type { BuildActivities } from '../../contract/activities.js';
import { finding, type Evidence, type Finding } from '../../contract/verdict.js';
import { readCommitTime } from './git.js';
import { uvIndex } from './network.js';
import { scriptPath } from './scripts.js';
import { runKept, tool, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

/** What is to be built. */
export type BuildInput = Parameters<BuildActivities['buildArtifacts']>[0];

/** What `python -m build` made. */
export interface Made {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Requirements of the build in the versions that were used. */
  readonly requirements: readonly string[];
  readonly evidence: Evidence;
}

/** Runs `python -m build` in the checkout, isolated, with fixed dates and modes; a failure is a finding. */
export async function runBuild(
  bench: Workbench,
  place: Workplace,
  input: BuildInput,
  config: PackageConfig,
): Promise<Made | Finding> {
  const { source } = input;
  const [folder, out, report] = [place.at('checkout'), place.at('dist'), place.at('built.json')];
  const mirror = bench.settings.network.mainIndex;
  const time = await readCommitTime(bench, source.repository, source.commit);
  const result = await runKept(
    bench,
    [
      tool(bench, 'python'),
      ...['-I', scriptPath('build_distributions.py'), folder],
      ...['--installer', 'uv', '--outdir', out, '--report', report],
      ...(await candidatesRequirements(bench, place, input)),
    ],
    {
      cwd: place.folder,
      env: {
        ...place.env,
        SOURCE_DATE_EPOCH: String(time),
        ...(mirror === undefined ? {} : uvIndex(bench, { simple: mirror })),
        ...toldVersion(config, input.version),
      },
      timeoutSeconds: 1800,
    },
  );
  const log = result.log;
  if (result.timedOut)
    return finding('The build did not end within 30 minutes', place.plain(result.output), log);
  if (result.exitCode !== 0) return finding('python -m build failed', place.plain(result.output.trim()), log);
  const { artifacts } = reportShape.parse(JSON.parse(await readFile(report, 'utf8')));
  return {
    files: artifacts.map(({ path: file }) => file),
    requirements: requirementsIn(result.output),
    evidence: { what: 'python -m build made the files from a clean checkout', digest: log },
  };
}

/** What tells the build the version, where it would take that from git. */
export function toldVersion(
  { versionVariable }: PackageConfig,
  version: string,
): Readonly<Record<string, string>> {
  return versionVariable === undefined ? {} : { [versionVariable]: version };
}

/** The versions that build says it has installed; it reports them nowhere else. */
function requirementsIn(output: string): string[] {
  const lines = [...output.matchAll(/^ +- ([A-Za-z0-9._-]+==\S+)$/gm)].map(([, line = '']) => line);
  return [...new Set(lines)].sort();
}

/** The final files are built with what the last candidate was built with, however long people thought about it. */
async function candidatesRequirements(
  bench: Workbench,
  place: Workplace,
  { package: name, version }: BuildInput,
) {
  const digest = isCandidate(version)
    ? undefined
    : await bench.store.readName(requirementsName(name, version));
  if (digest === undefined) return [];
  const file = place.at('build-constraints.txt');
  await writeFile(file, await bench.store.get(digest));
  return ['--dependency-constraints-txt', file];
}

/** Keeps what a candidate was built with, for its final files. */
export async function keepRequirements(
  bench: Workbench,
  { package: name, version }: BuildInput,
  requirements: readonly string[],
): Promise<void> {
  if (!isCandidate(version)) return;
  const digest = await bench.store.put(requirements.map((line) => `${line}\n`).join(''));
  await bench.store.setName(requirementsName(name, version), digest);
}

function isCandidate(version: string): boolean {
  return /\.dev\d+$/.test(version);
}

function requirementsName(name: string, version: string): string {
  return `build-requirements/${name}/${version.replace(/\.dev\d+$/, '')}`;
}

const reportShape = z.object({ artifacts: z.array(z.object({ path: z.string() })) });

/** What `twine check --strict` has against the files. */
export async function twineFindings(
  bench: Workbench,
  place: Workplace,
  files: readonly string[],
): Promise<Finding[]> {
  const command = [tool(bench, 'twine'), '--no-color', 'check', '--strict', ...files] as const;
  const result = await runKept(bench, command, { cwd: place.folder, env: place.env, timeoutSeconds: 300 });
  if (result.exitCode === 0) return [];
  return [finding('twine check --strict does not pass', place.plain(result.output.trim()), result.log)];
}
