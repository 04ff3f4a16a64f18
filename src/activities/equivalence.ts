import { writeFile } from 'node:fs/promises';

import type { PackageConfig } from '../config/package-config.js';
import type { Manifest, Source } from '../contract/release.js';
import { finding, notPassed, type Evidence, type Verdict } from '../contract/verdict.js';
import { differingPaths, versionOnlyDifferences } from './support/version-only.js';
import { inspectDistribution, type Inspection } from './support/distribution.js';
import { openSource } from './support/source.js';
import type { Workbench } from './support/workbench.js';
import { inWorkplace, type Workplace } from './support/workplace.js';

/** What the build of a final version is composed of. */
export interface EquivalencePart {
  /** Whether the final files differ from the candidate's only in version. */
  readonly checkVersionOnly: (input: {
    readonly candidate: Manifest;
    readonly final: Manifest;
    readonly source: Source;
  }) => Promise<Verdict>;
}

/** The proof that what was tested is what ships. */
export function createEquivalencePart(bench: Workbench): EquivalencePart {
  return {
    async checkVersionOnly({ candidate, final, source }) {
      return inWorkplace(bench, async (place) => {
        const config = await openSource(bench, source, place.at('checkout'));
        const { versionFiles } = config;
        const { before, after } = await inspectBoth(bench, place, { candidate, final }, config);
        const findings = (['wheel', 'sdist'] as const).flatMap((kind) => {
          const [one, other] = [before, after].map((files) => files.find((file) => file.kind === kind));
          if (one === undefined || other === undefined)
            return [finding(`There are not two files of kind ${kind} to compare`)];
          return versionOnlyDifferences(one, other, versionFiles);
        });
        if (candidate.toolchain !== final.toolchain)
          findings.push(
            finding(
              'The final files were built with other tools than the candidate',
              'Send `fix`, so that a new candidate is built and tested with the present tools.',
            ),
          );
        if (findings.length > 0) return notPassed(findings);
        return { passed: true, evidence: evidenceOf(after, candidate, final) };
      });
    },
  };
}

function evidenceOf(inspected: readonly Inspection[], candidate: Manifest, final: Manifest): Evidence[] {
  const comparedFiles = inspected.reduce((sum, { entries }) => sum + entries.length, 0);
  const versions = { candidate: candidate.version, version: final.version };
  return [
    {
      what: `${String(comparedFiles)} files in wheel and sdist are those of ${candidate.version}, but for the version`,
      facts: [{ kind: 'version-only', ...versions, comparedFiles }],
    },
    { what: 'The same tools built both', digest: final.toolchain },
  ];
}

/** Both manifests' files, with the texts in which the version may stand. */
async function inspectBoth(
  bench: Workbench,
  place: Workplace,
  { candidate, final }: { readonly candidate: Manifest; readonly final: Manifest },
  { versionFiles, versionVariable }: PackageConfig,
): Promise<{ before: Inspection[]; after: Inspection[] }> {
  const both = async (texts: readonly string[]) => ({
    before: await inspectKept(bench, place, candidate, texts),
    after: await inspectKept(bench, place, final, texts),
  });
  const found = await both(versionFiles);
  // A build that is told the version writes it into files of its own making.
  const made = versionVariable === undefined ? [] : differingPaths(found.before, found.after);
  return made.length === 0 ? found : both([...versionFiles, ...made]);
}

async function inspectKept(
  bench: Workbench,
  place: Workplace,
  manifest: Manifest,
  texts: readonly string[],
): Promise<Inspection[]> {
  return Promise.all(
    manifest.files.map(async ({ filename, sha256 }) => {
      const file = place.at(filename);
      await writeFile(file, await bench.store.get(sha256));
      return inspectDistribution(bench, file, texts);
    }),
  );
}
