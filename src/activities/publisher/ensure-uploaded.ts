import type { OpenForge } from '../forge/forge.js';
import { settingOf } from '../support/indexes.js';
import type { Workbench } from '../support/workbench.js';
import { oneByOne } from './one-by-one.js';
import type { Publisher } from './publisher.js';
import { trusted } from './trusted.js';
import { twine } from './twine.js';

/** The upload, by the publisher that the settings name for an index. */
export function createUploadActivities(
  bench: Workbench,
  openForge: OpenForge,
): { ensureUploaded: Publisher } {
  return {
    async ensureUploaded(upload) {
      const setting = await settingOf(bench, upload.index);
      const publish =
        setting.publisher === 'trusted' ? trusted(bench, openForge) : oneByOne(bench, setting, twine(bench));
      return publish(upload);
    },
  };
}
