import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import type { IndexAddress } from '../../contract/release.js';
import { normaliseName } from '../../contract/version.js';
import { finding, type Evidence, type Finding } from '../../contract/verdict.js';
import { installFinding, type PythonEnvironment } from './environment.js';
import { pipIndex, type Network } from './network.js';
import { readProject, sameAddress } from './project-page.js';
import { runKept, tool, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const reportShape = z.object({
  install: z.array(
    z.object({
      download_info: z.object({
        url: z.string(),
        archive_info: z.object({ hashes: z.record(z.string(), z.string()).default({}) }).optional(),
      }),
      is_yanked: z.boolean().default(false),
      metadata: z.object({ name: z.string(), version: z.string() }),
    }),
  ),
});

/** One distribution that pip installed, as pip reports it. */
export interface Installed {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly yanked: boolean;
}

/** Installs with pip from one index, past every cache, and reads pip's report; a refusal is a finding. */
export async function pipInstall(
  bench: Workbench,
  place: Workplace,
  environment: PythonEnvironment,
  { args, index }: { readonly args: readonly string[]; readonly index: IndexAddress },
): Promise<{ installed: readonly Installed[]; evidence: Evidence } | { refused: Finding }> {
  const report = place.at('pip-report.json');
  const command = [
    tool(bench, 'pip'),
    '--python',
    environment.python,
    'install',
    '--no-cache-dir',
    '--no-compile',
  ] as const;
  const result = await runKept(bench, [...command, '--report', report, ...args], {
    cwd: place.at('home'),
    env: { ...place.env, ...pipIndex(bench, index) },
    timeoutSeconds: 1800,
  });
  if (result.exitCode !== 0) return { refused: await installFinding(bench, place, index, result) };
  const text = await readFile(report, 'utf8');
  const installed = reportShape
    .parse(JSON.parse(text))
    .install.map(({ download_info, is_yanked, metadata }) => ({
      name: normaliseName(metadata.name),
      version: metadata.version,
      url: download_info.url,
      sha256: download_info.archive_info?.hashes.sha256 ?? '',
      yanked: is_yanked,
    }));
  return {
    installed,
    evidence: {
      what: `pip's report of ${args.at(-1) ?? ''} from ${index.name}`,
      digest: await bench.store.put(text),
    },
  };
}

/** The distributions that do not come from an index, by what the index itself lists of them. */
export async function strangerFindings(
  network: Network,
  installed: readonly Installed[],
  index: IndexAddress,
): Promise<Finding[]> {
  const findings = await Promise.all(
    installed.map(async ({ name, version, url, sha256 }) => {
      const { files } = await readProject(network, index, name);
      if (files.some((file) => file.sha256 === sha256 && sameAddress(file.url, url))) return [];
      return [
        finding(
          `${name} ${version} came from ${url}, which ${index.name} does not list with sha256 ${sha256}`,
        ),
      ];
    }),
  );
  return findings.flat();
}
