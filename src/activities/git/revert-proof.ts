import type { LastStable } from '../../contract/activities.js';
import type { RevertOrder } from '../../contract/reverting.js';
import { short } from '../../contract/digest.js';
import type { Sha } from '../../contract/release.js';
import type { Evidence } from '../../contract/verdict.js';
import type { Mirror } from '../support/git/mirror.js';
import { readCommit, readDifference } from '../support/git/objects.js';
import type { Change } from './on-base.js';
import { beyondVersion, packageAt, readConfigAt } from './package-at.js';

/** How many paths are named. */
const shown = 5;

/** Whether a revert's files are those of main before the release, and those of the last stable version; each read, none assumed. */
export async function describeFiles(
  mirror: Mirror,
  { lastStable }: Pick<RevertOrder, 'lastStable'>,
  changes: readonly Change[],
  commit: Sha,
): Promise<Evidence[]> {
  const before = changes.at(-1)?.from ?? commit;
  const same = (await readCommit(mirror, before)).tree === (await readCommit(mirror, commit)).tree;
  const what = same
    ? `its files are exactly those of ${short(before)}, before the merge`
    : 'its files differ from those before the merge by what others have committed since';
  return [{ what }, ...(lastStable === undefined ? [] : [await againstStable(mirror, lastStable, commit)])];
}

async function againstStable(mirror: Mirror, stable: LastStable, commit: Sha): Promise<Evidence> {
  const name = `${stable.version} (${stable.tag}), the last stable version`;
  const paths = (await readDifference(mirror, stable.commit, commit)).map(({ path }) => path);
  if (paths.length === 0) return { what: `its files are exactly those of ${name}` };
  const [before, after] = [await packageAt(mirror, stable.commit), await packageAt(mirror, commit)];
  const found = await readConfigAt(before);
  const others = 'problems' in found ? paths : await beyondVersion(before, after, found.config);
  if (others.length === 0)
    return { what: `its files are those of ${name}, but for the version in ${paths.join(' and ')}` };
  const more = others.length > shown ? ` and ${String(others.length - shown)} more` : '';
  return {
    what: `its files differ from those of ${name}, in what others have committed since: ${others.slice(0, shown).join(', ')}${more}`,
  };
}
