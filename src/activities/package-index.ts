import type { PublishParts } from './parts.js';
import { ApplicationFailure } from '@temporalio/common';

import type { IndexedFile, Subject, UrgentActivities } from '../contract/activities.js';
import type { Fact } from '../contract/facts.js';
import { failure, notYet } from '../contract/failures.js';
import type { IndexAddress, Manifest } from '../contract/release.js';
import type { Evidence } from '../contract/verdict.js';
import { isFinal, normaliseVersion, sortVersions } from '../contract/version.js';
import { currentCancellation, pause } from './support/cancellation.js';
import { sinceAsked } from './support/engine-clock.js';
import { recall, remember } from './support/memory.js';
import type { Network } from './support/network.js';
import { otherBytes, readProject, sameVersion } from './support/project-page.js';

const quickReads = 10;
const quickMilliseconds = 300;
const slowMilliseconds = 5000;

/** How long an index may take to list a file that it has accepted, in milliseconds. */
export const visibleWithin = 30 * 60 * 1000;

/** How many reads of an index fail one after the other before it counts as down. */
const outage = 3;

/** Every version of a package that an index has ever listed and still lists, yanked ones too, in their normal form. */
export async function takenVersions(network: Network, index: IndexAddress, name: string): Promise<string[]> {
  const { versions, files } = await readProject(network, index, name);
  const all = [...versions, ...files.flatMap(({ version }) => version ?? [])];
  return sortVersions([...new Set(all.map(normaliseVersion))]);
}

/** The versions of a package of which an index lists a file that is not yanked, in ascending order. */
export async function listedVersions(network: Network, index: IndexAddress, name: string): Promise<string[]> {
  const { files } = await readProject(network, index, name);
  const listed = files.flatMap(({ version, yanked }) =>
    version === undefined || yanked !== false ? [] : [version],
  );
  return sortVersions([...new Set(listed.map(normaliseVersion))]);
}

/** The final ones among them. */
export async function stableVersions(network: Network, index: IndexAddress, name: string): Promise<string[]> {
  return (await listedVersions(network, index, name)).filter(isFinal);
}

/** The files that an index lists of one version. */
export async function indexedFiles(
  network: Network,
  index: IndexAddress,
  subject: Subject,
): Promise<IndexedFile[]> {
  const { files } = await readProject(network, index, subject.package);
  return files
    .filter(({ version }) => version !== undefined && sameVersion(version, subject.version))
    .map(({ filename, sha256, yanked, provenance }) => ({
      filename,
      sha256,
      yanked,
      ...(provenance === undefined ? {} : { provenance }),
    }));
}

/** Whether an index says yanked for every file that it lists of a version, and lists one. */
export function allYanked(files: readonly IndexedFile[]): boolean {
  return files.length > 0 && files.every(({ yanked }) => yanked !== false);
}

/** Why somebody has taken a version back, `true` without a reason; undefined where nobody has. */
export function whyTakenBack(index: IndexAddress, files: readonly IndexedFile[]): string | true | undefined {
  // Where nothing can be yanked, somebody who takes a release back removes it.
  if (index.yanks === false && files.length === 0) return true;
  if (!allYanked(files)) return undefined;
  return files.map(({ yanked }) => yanked).find((yanked) => typeof yanked === 'string') ?? true;
}

/** The proof that a version is taken back: yanked, or, where that cannot be, listed no more. */
export async function proofOfYank(
  network: Network,
  index: IndexAddress,
  subject: Subject,
): Promise<Evidence | undefined> {
  const files = await indexedFiles(network, index, subject);
  if (index.yanks !== false)
    return allYanked(files)
      ? { what: `${index.name} says yanked for ${files.map(({ filename }) => filename).join(' and ')}` }
      : undefined;
  // An index that answers wrongly once must not pass for one that lists nothing.
  if (files.length > 0 || (await indexedFiles(network, index, subject)).length > 0) return undefined;
  return {
    what: `${index.name}, which cannot yank, lists no file of ${subject.package} ${subject.version} any more`,
  };
}

/** The proof that a yank is taken back: files are listed, and none of them is yanked. */
export async function proofOfUnYank(
  network: Network,
  index: IndexAddress,
  subject: Subject,
): Promise<Evidence | undefined> {
  const files = await indexedFiles(network, index, subject);
  if (files.length === 0 || files.some(({ yanked }) => yanked !== false)) return undefined;
  return {
    what: `${index.name} lists ${files.map(({ filename }) => filename).join(' and ')}, and says yanked for none`,
  };
}

/** The activities that only read an index. */
export function createPackageIndexActivities(
  network: Network,
): Pick<UrgentActivities, 'awaitYanked' | 'awaitUnYanked'> & Pick<PublishParts, 'awaitVisible'> {
  return {
    async awaitYanked({ index, subject }) {
      const failed = recall<number>() ?? 0;
      const evidence = await proofOfYank(network, index, subject).catch((error: unknown) => {
        remember(failed + 1);
        throw error;
      });
      if (evidence !== undefined) return { evidence };
      if (failed >= outage) return { back: true };
      remember(0);
      throw notYet(whatIsNotYanked(index, subject, await indexedFiles(network, index, subject)));
    },

    async awaitUnYanked({ index, subject }) {
      const evidence = await proofOfUnYank(network, index, subject);
      if (evidence !== undefined) return { evidence };
      throw notYet(
        `${index.name} says yanked for ${subject.package} ${subject.version}, or lists no file of it`,
      );
    },

    async awaitVisible({ index, manifest }) {
      const served = await untilVisible(network, index, manifest);
      const files = served.map(
        ({ filename, sha256, provenance }) =>
          `${filename} (sha256 ${sha256}${provenance === undefined ? '' : `, ${provenance ? 'with' : 'without'} provenance`})`,
      );
      const what = `${index.name} serves ${files.join(' and ')}, read twice`;
      return { evidence: { what, facts: [servedFact(index, manifest, served)] } };
    },
  };
}

function servedFact(
  { name: index }: IndexAddress,
  { version }: Manifest,
  files: readonly IndexedFile[],
): Fact {
  const served = files.map(({ filename, sha256, provenance }) => ({
    ...{ filename, sha256 },
    ...(provenance === undefined ? {} : { provenance }),
  }));
  return { kind: 'served', index, version, files: served };
}

function whatIsNotYanked(index: IndexAddress, subject: Subject, files: readonly IndexedFile[]): string {
  if (index.yanks === false)
    return `${index.name}, which cannot yank, still lists ${files.map(({ filename }) => filename).join(' and ')}`;
  const open = files.filter(({ yanked }) => yanked === false).map(({ filename }) => filename);
  return open.length > 0
    ? `${index.name} does not say yanked for ${open.join(' and ')} yet`
    : `${index.name} lists no file of ${subject.package} ${subject.version}`;
}

async function untilVisible(
  network: Network,
  index: IndexAddress,
  manifest: Manifest,
): Promise<readonly IndexedFile[]> {
  const waited = sinceAsked();
  let seen = 0;
  for (let reads = 1; ; reads++) {
    const found = await readVisible(network, index, manifest);
    seen = typeof found === 'string' ? 0 : seen + 1;
    if (typeof found === 'string') {
      if (waited() > visibleWithin) throw tooLate(index, manifest, found);
    } else if (seen === 2) return found;
    await pause(reads < quickReads ? quickMilliseconds : slowMilliseconds);
  }
}

/** The files of the manifest as the index lists them, or what of them cannot be seen; other bytes and a yank end the waiting. */
async function readVisible(
  network: Network,
  index: IndexAddress,
  manifest: Manifest,
): Promise<readonly IndexedFile[] | string> {
  const listed = await indexedFiles(network, index, manifest).catch(passing);
  if (typeof listed === 'string') return listed;
  const missing = manifest.files.filter(({ filename, sha256 }) => {
    const found = listed.find((file) => file.filename === filename);
    if (found === undefined) return true;
    if (found.sha256 !== sha256) throw otherBytes(index, filename, found.sha256, sha256);
    if (found.yanked !== false) throw yankedAlready(index, filename);
    return false;
  });
  const ours = manifest.files.flatMap(
    ({ filename }) => listed.find((file) => file.filename === filename) ?? [],
  );
  return missing.length === 0
    ? ours
    : `it does not list ${missing.map(({ filename }) => filename).join(' and ')}`;
}

/**
 * One failed read says nothing in a wait of half an hour, unless people have to mend something, it is given up, or the
 * index wants a pause, which the engine keeps without holding a worker's place.
 */
export function passing(error: unknown): string {
  currentCancellation()?.throwIfAborted();
  if (!(error instanceof Error)) throw error;
  if (
    error instanceof ApplicationFailure &&
    (error.nonRetryable === true || error.nextRetryDelay !== undefined)
  )
    throw error;
  return error.message;
}

function yankedAlready(index: IndexAddress, filename: string): Error {
  return failure('operator', {
    now: `${index.name} lists ${filename} as yanked.`,
    not: 'Nobody told this release of a yank.',
    next: 'Send `yank` if it is to stay yanked; otherwise have its owner take the yank back and send `retry`.',
  });
}

function tooLate(index: IndexAddress, manifest: Manifest, missing: string): Error {
  return failure('index', {
    now: `${manifest.package} ${manifest.version} is uploaded to ${index.name}.`,
    not: `It is not visible yet, after 30 minutes: ${missing}.`,
    next: `Look at the state of ${index.name}; send \`retry\` to go on waiting, and to have the same bytes sent again where half an hour has brought nothing.`,
  });
}
