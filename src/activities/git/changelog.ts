import { findChangelog, readEntry } from '../../config/changelog.js';
import type { PackageConfig } from '../../config/package-config.js';
import { ConfigurationError } from '../../config/problems.js';
import type { ChangelogEntry } from '../../contract/changelog.js';
import type { PackageAt } from './package-at.js';

/** What the package's changelog says of a version at a commit; nothing where it has none. */
export async function changelogOf(
  at: PackageAt,
  { changelog: named }: PackageConfig,
  version: string,
): Promise<{ changelog?: ChangelogEntry }> {
  if (named === false) return {};
  const place = named === undefined ? findChangelog(at.entries.map(({ path }) => path)) : { file: named };
  if (place === undefined) return {};
  if ('fragments' in place)
    return { changelog: { note: `the changelog is still in fragments (${place.fragments}): not read` } };
  const { file } = place;
  try {
    const found = readEntry(file, (await at.read(file)) ?? '', version);
    return { changelog: 'text' in found ? { file, text: found.text } : { problem: found.problem } };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { changelog: { problem: error.problems.join('; ') } };
  }
}
