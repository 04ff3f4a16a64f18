import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';

import type { BuildActivities, Subject } from '../contract/activities.js';
import { canonicalJson, digestOf, short } from '../contract/digest.js';
import type { Manifest, Sha } from '../contract/release.js';
import { finding, notPassed, type Evidence, type Verdict } from '../contract/verdict.js';
import { distributionFindings } from './support/build-findings.js';
import { inspectDistribution, type Inspection } from './support/distribution.js';
import {
  keepRequirements,
  runBuild,
  twineFindings,
  type BuildInput,
  type Made,
} from './support/python-build.js';
import { prepareSource } from './support/prepare.js';
import { readTools } from './support/scripts.js';
import { listFiles, openSource } from './support/source.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace, type Workplace } from './support/workplace.js';

type Built = Verdict<{ manifest: Manifest }>;

const keptShape = z.object({
  manifest: z.object({
    package: z.string(),
    version: z.string(),
    commit: z.string(),
    files: z.array(
      z.object({
        filename: z.string(),
        sha256: z.string(),
        size: z.number(),
        kind: z.enum(['wheel', 'sdist']),
      }),
    ),
    toolchain: z.string(),
  }),
  evidence: z.array(z.object({ what: z.string(), digest: z.string().exactOptional() })),
});

/** The build: a version's files are made once, kept, and ever after read from where they are kept. */
export function createArtifactActivities(bench: Workbench): Pick<BuildActivities, 'buildArtifacts'> {
  return {
    async buildArtifacts(input) {
      const name = nameOf(input, input.source.commit);
      const kept = await readKept(bench, name, input.anew);
      if (kept !== undefined) return kept;
      return inWorkplace(bench, async (place) => {
        const built = await build(bench, place, input);
        if (!built.passed) return built;
        const record = canonicalJson({ manifest: built.manifest, evidence: built.evidence });
        // Another attempt that was given up may have ended first: what was kept once is what counts.
        const other = await readKept(bench, name, input.anew);
        if (other === undefined) await bench.store.setName(name, await bench.store.put(record));
        return other ?? built;
      });
    },
  };
}

const nameOf = ({ package: name, version }: Subject, commit: Sha) => `build/${name}/${version}/${commit}`;

/** The files of a version that were built from a commit and are kept; undefined where none were. */
export async function readBuilt(
  bench: Workbench,
  subject: Subject,
  commit: Sha,
): Promise<Manifest | undefined> {
  const kept = await readKept(bench, nameOf(subject, commit));
  return kept?.passed === true ? kept.manifest : undefined;
}

/** What was kept under a name; that some of it is lost is a failure, unless it may be made anew. */
async function readKept(bench: Workbench, name: string, anew = false): Promise<Built | undefined> {
  const digest = await bench.store.readName(name);
  if (digest === undefined) return undefined;
  try {
    const kept = keptShape.parse(JSON.parse((await bench.store.get(digest)).toString('utf8')));
    for (const { sha256 } of kept.manifest.files) await bench.store.get(sha256);
    return { passed: true, ...kept };
  } catch (error) {
    if (anew && error instanceof ApplicationFailure) return undefined;
    throw error;
  }
}

async function build(bench: Workbench, place: Workplace, input: BuildInput): Promise<Built> {
  const folder = place.at('checkout');
  const config = await openSource(bench, input.source, folder);
  const files = await listFiles(folder);
  const left = files.filter((file) => /^(dist|([^/]+\/)?[^/]+\.egg-info)\//.test(file));
  if (left.length > 0)
    return notPassed([
      finding(
        'Built files are part of the commit: remove dist and *.egg-info from the repository',
        left.join('\n'),
      ),
    ]);
  const unprepared = await prepareSource(bench, place, config, folder);
  if (unprepared !== undefined) return notPassed([unprepared]);
  const made = await runBuild(bench, place, input, config);
  if ('title' in made) return notPassed([made]);
  const [checked, ...inspections] = await Promise.all([
    twineFindings(bench, place, made.files),
    ...made.files.map((file) => inspectDistribution(bench, file)),
  ]);
  const findings = [...(await distributionFindings(inspections, { ...input, folder, files })), ...checked];
  if (findings.length > 0) return notPassed(findings, [made.evidence]);
  return { passed: true, ...(await keep(bench, input, made, inspections)) };
}

async function keep(bench: Workbench, input: BuildInput, made: Made, inspections: readonly Inspection[]) {
  const files = await Promise.all(
    made.files.map(async (file, at) => {
      const kind = inspections[at]?.kind ?? 'sdist';
      const sha256 = await bench.store.put(await readFile(file));
      return { filename: path.basename(file), sha256, size: (await stat(file)).size, kind };
    }),
  );
  await keepRequirements(bench, input, made.requirements);
  const { python, versions } = await readTools(bench);
  const backend = inspections.map(({ generator }) => generator).find((generator) => generator !== '') ?? '';
  const tools = { python, build: versions.build, uv: versions.uv, backend, requirements: made.requirements };
  const manifest: Manifest = {
    package: input.package,
    version: input.version,
    commit: input.source.commit,
    files: files.sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'wheel' ? -1 : 1)),
    toolchain: digestOf(tools),
  };
  const evidence: Evidence[] = [
    made.evidence,
    ...manifest.files.map(({ filename, sha256 }) => ({
      what: `${filename} (sha256 ${short(sha256)}…)`,
      digest: sha256,
    })),
    {
      what: `Built with Python ${python} and ${backend}`,
      digest: await bench.store.put(canonicalJson(tools)),
    },
    { what: 'twine check --strict passed; names, versions, description and contents are right' },
  ];
  return { manifest, evidence };
}
