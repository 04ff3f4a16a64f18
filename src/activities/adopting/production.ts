import { fail, type Precondition } from '../../contract/preconditions.js';
import type { AlreadyTrue } from '../../contract/adopting.js';
import { short } from '../../contract/digest.js';
import type { ReleaseRequest, Terms } from '../../contract/release.js';
import type { Ledger } from '../../contract/state.js';
import { commandFor } from '../../contract/trouble.js';
import { readBuilt } from '../build.js';
import { allYanked, indexedFiles } from '../package-index.js';
import { publishedPrecondition } from '../published-problems.js';
import type { Mirror } from '../support/git/mirror.js';
import { keptRefs, tagRef } from '../support/git/names.js';
import { listCommits, readRef } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';

/** What of a version is published and tagged, and what of that nobody can go on from. */
interface Shipped {
  readonly preconditions: readonly Precondition[];
  readonly already: readonly AlreadyTrue[];
}

/** Reads what the production index lists of a version; only what an earlier run is known to have uploaded is gone on with. */
export async function readShipped(
  bench: Workbench,
  mirror: Mirror,
  request: ReleaseRequest,
  terms: Terms,
  { final }: Pick<Ledger, 'final'>,
): Promise<Shipped> {
  const { production } = terms;
  const files = await indexedFiles(bench, production, request);
  if (files.length === 0) {
    const free = await publishedPrecondition(bench, request, terms);
    return { preconditions: free.state === 'fail' ? [free] : [], already: [] };
  }
  if (allYanked(files))
    return { preconditions: [await publishedPrecondition(bench, request, terms)], already: [] };
  const ours = final?.manifest.files ?? (await builtFiles(bench, mirror, request));
  const shaOf = (name: string) => ours.find(({ filename }) => filename === name)?.sha256;
  const proven = final !== undefined && files.every(({ filename, sha256 }) => shaOf(filename) === sha256);
  if (proven) {
    const count = `${String(files.length)} of the ${String(ours.length)} files of ${request.version}`;
    const what = `${production.name} lists ${count}, with the sha256 that was approved`;
    return { preconditions: [], already: [{ step: '09-publish-to-production', what }] };
  }
  const found = files.map(
    ({ filename, sha256 }) =>
      `${filename} there has sha256 ${sha256}, ours ${shaOf(filename) ?? 'is not known'}`,
  );
  const why =
    final === undefined ? 'and no record tells that anybody approved it' : 'which is not what was approved';
  return {
    already: [],
    preconditions: [
      fail(
        'versions',
        `${production.name} holds files of ${request.package} ${request.version}, ${why}: ${found.join('; ')}.`,
        `Find out who uploaded them; yank them there if they are not to be installed, and release the next version.`,
      ),
    ],
  };
}

/** The files that the last earlier run has built of the final version, as far as they are kept. */
async function builtFiles(bench: Workbench, mirror: Mirror, request: ReleaseRequest) {
  for (const commit of await finalCommits(mirror, request)) {
    const built = await readBuilt(bench, request, commit).catch(() => undefined);
    if (built !== undefined) return built.files;
  }
  return [];
}

/** The commits of the final version that releases have made and kept. */
async function finalCommits(mirror: Mirror, { package: name, version }: ReleaseRequest): Promise<string[]> {
  const kept = await listCommits(mirror, `${keptRefs(name)}${version}/${version}/*`);
  return kept.map(({ commit }) => commit);
}

/** A tag is gone on with only where it is on the commit that an earlier run has made for the final version. */
export async function readTagged(
  mirror: Mirror,
  request: ReleaseRequest,
  tag: string,
  { final }: Pick<Ledger, 'final'>,
): Promise<Shipped> {
  const tagged = await readRef(mirror, tagRef(tag));
  if (tagged === undefined) return { preconditions: [], already: [] };
  const ours = final === undefined ? await finalCommits(mirror, request) : [final.commit];
  if (ours.includes(tagged))
    return {
      preconditions: [],
      already: [{ step: '09-publish-to-production', what: `the tag ${tag} is on ${short(tagged)}` }],
    };
  const where =
    ours.length === 0
      ? 'no commit of this release is made for it yet'
      : `this release's is ${ours.join(' or ')}`;
  return {
    already: [],
    preconditions: [
      fail(
        'versions',
        `The tag ${tag} is on ${tagged}, and ${where}; a tag is never moved.`,
        `Delete it on the remote if nothing was released from it, then \`${commandFor('start', request, '--adopt')}\`; or release another version.`,
      ),
    ],
  };
}
