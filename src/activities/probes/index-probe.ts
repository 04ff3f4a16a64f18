import type { IndexedFile, PublishActivities } from '../../contract/activities.js';
import type { Measured } from '../../contract/probes.js';
import type { IndexAddress, Manifest } from '../../contract/release.js';
import { finding, type Finding } from '../../contract/verdict.js';
import { indexedFiles, whyTakenBack } from '../package-index.js';
import type { Workbench } from '../support/workbench.js';
import { directly } from '../yank/note.js';
import { probeRound } from './round.js';

/** The probe that needs nothing but a look at the index. */
export function createIndexProbe(bench: Workbench): Pick<PublishActivities, 'awaitIndexProbe'> {
  return {
    awaitIndexProbe: ({ index, manifest, ...round }) =>
      probeRound(round, () => measureIndex(bench, index, manifest)),
  };
}

/** Whether an index lists exactly the files of a manifest, with their digests, and none of them yanked. */
async function measureIndex(bench: Workbench, index: IndexAddress, manifest: Manifest): Promise<Measured> {
  const read = () => indexedFiles(bench, index, manifest);
  let files = await read();
  // An index that answers wrongly once must not pass for one that lists nothing.
  if (files.length === 0) files = await read();
  const reason = whyTakenBack(index, files);
  if (reason !== undefined)
    return { kind: 'yanked', reason, ...(await directly(bench.store, manifest, reason)) };
  const findings = differences(index, manifest, files);
  if (findings.length > 0) return { kind: 'failed', findings };
  const names = manifest.files.map(({ filename }) => filename).join(' and ');
  return { kind: 'passed', evidence: { what: `${index.name} lists exactly ${names}, with our digests` } };
}

function differences(
  { name }: IndexAddress,
  { version, files: ours }: Manifest,
  listed: readonly IndexedFile[],
): Finding[] {
  const missing = ours.flatMap(({ filename, sha256 }) => {
    const found = listed.find((file) => file.filename === filename);
    if (found === undefined) return [finding(`${name} does not list ${filename} any more`)];
    if (found.sha256 !== sha256)
      return [
        finding(`${name} lists ${filename} with ${digestOf(found.sha256)} instead of sha256 ${sha256}`),
      ];
    return found.yanked === false ? [] : [finding(`${name} says yanked for ${filename}, not for every file`)];
  });
  const extra = listed.filter(({ filename }) => !ours.some((file) => file.filename === filename));
  return [
    ...missing,
    ...extra.map(({ filename }) => finding(`${name} lists ${filename} for ${version}, which is not ours`)),
  ];
}

function digestOf(sha256: string): string {
  return sha256 === '' ? 'no sha256' : `sha256 ${sha256}`;
}
