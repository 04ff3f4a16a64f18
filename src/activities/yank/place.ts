import type { IndexAddress } from '../../contract/release.js';
import { settingOf } from '../support/indexes.js';
import type { Workbench } from '../support/workbench.js';

/** Why the credentials of the production index are not used for this one: they belong to this worker's own settings. */
export async function whyElsewhere(bench: Workbench, index: IndexAddress): Promise<string | undefined> {
  return (await settingOf(bench, index)) === bench.settings.production
    ? undefined
    : `${index.name} is not the production index of this worker's settings.`;
}
