import { failure } from '../../contract/failures.js';
import type { Artifact, IndexAddress, Manifest } from '../../contract/release.js';
import type { Workbench } from '../support/workbench.js';
import { missingOn } from './listed.js';
import { wasSent } from './sent.js';

/**
 * The names of a version's files that the artifact store has lost while nothing of the version was sent, so that it can
 * be built again; once something was sent it cannot, and that is an integrity failure.
 */
export async function lostBeforeSending(
  bench: Workbench,
  index: IndexAddress,
  manifest: Manifest,
): Promise<readonly string[]> {
  const { store } = bench;
  const missing = await missingOn(bench, index, manifest);
  const isLost = ({ sha256 }: Artifact) =>
    store.get(sha256).then(
      () => false,
      () => true,
    );
  const lost = await those(missing, isLost);
  if (lost.length === 0) return [];
  const sent = await those(
    manifest.files,
    async (file) => !missing.includes(file) || wasSent(store, index, file),
  );
  if (sent.length > 0) throw tooLate(index, manifest, sent, lost);
  return lost.map(({ filename }) => filename);
}

async function those(
  files: readonly Artifact[],
  is: (file: Artifact) => Promise<boolean>,
): Promise<Artifact[]> {
  const found = await Promise.all(files.map(is));
  return files.filter((_, at) => found[at]);
}

function tooLate(
  index: IndexAddress,
  { package: name, version }: Manifest,
  sent: readonly Artifact[],
  lost: readonly Artifact[],
): Error {
  const names = (files: readonly Artifact[]) => files.map(({ filename }) => filename).join(' and ');
  const digests = lost.map(({ filename, sha256 }) => `${filename} (sha256 ${sha256})`).join(' and ');
  return failure('integrity', {
    now: `Of ${name} ${version} ${names(sent)} was sent to ${index.name} already, and the artifact store holds ${digests} no more.`,
    not: `${names(lost)} is not published there, and cannot be built again: other bytes than these were never approved.`,
    next: `Put it back into the store from a backup and send \`retry\`; or give the version up and release another one.`,
  });
}
