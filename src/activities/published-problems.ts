import type { Ledger } from '../contract/state.js';
import { fail, pass, type Precondition } from '../contract/preconditions.js';
import type { ReleaseRequest, Terms } from '../contract/release.js';
import { nextFreeVersion } from '../contract/version.js';
import { settledVersions } from './git/tagged-versions.js';
import { allYanked, indexedFiles, takenVersions } from './package-index.js';
import { readKept } from './records.js';
import { freshMirror } from './support/git/mirror.js';
import type { Workbench } from './support/workbench.js';

/** Whether a version was published before; if so, with the next one that is free. */
export async function publishedPrecondition(
  bench: Workbench,
  request: ReleaseRequest,
  terms: Pick<Terms, 'production' | 'repository'>,
): Promise<Precondition> {
  const { production } = terms;
  const files = await indexedFiles(bench, production, request);
  const taken = takenBack(await readKept(bench.store, request));
  const what = `${request.package} ${request.version}`;
  if (files.length === 0 && taken === undefined)
    return pass('versions', `${what} is free on ${production.name}, which lists no file of it`);
  const state =
    files.length > 0 && !allYanked(files)
      ? `released on ${production.name}`
      : (taken ?? `yanked on ${production.name}`);
  const next = await nextFree(bench, request, terms);
  return fail(
    'versions',
    `${what} is ${state} already, and a version can never be used again`,
    `choose the next one, ${next}, which is free.`,
  );
}

/** What the record of a release that was yanked says of it: an index that cannot yank forgets what was removed. */
function takenBack(record: Ledger | undefined): string | undefined {
  const { yank } = record ?? {};
  return yank?.provenAt === undefined
    ? undefined
    : `yanked since ${yank.provenAt} (${yank.reason}, by ${yank.by})`;
}

async function nextFree(
  bench: Workbench,
  subject: ReleaseRequest,
  { production, repository }: Pick<Terms, 'production' | 'repository'>,
): Promise<string> {
  const taken = await Promise.all([
    takenVersions(bench, production, subject.package),
    settledVersions(await freshMirror(bench, repository), subject),
  ]);
  return nextFreeVersion(subject.version, taken.flat());
}
