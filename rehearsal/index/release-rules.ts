import { refuse } from './form-rules.js';
import { quoted } from './names.js';
import type { UploadRule } from './upload-rules.js';

/** The age at which a release takes no more files, in milliseconds. */
export const RELEASE_CLOSES_AFTER = 14 * 24 * 60 * 60 * 1000;

/** What the index already holds decides about a new file. */
export const releaseRules: readonly UploadRule[] = [
  function fileIsNew({ file }, { state, help }) {
    for (const stored of state.files()) {
      if (stored.filename === file.filename && stored.sha256 === file.sha256) {
        return { status: 200, reason: 'OK' };
      }
      if (stored.filename === file.filename || stored.sha256 === file.sha256) {
        const what = `${quoted(file.filename)}, with blake2_256 hash ${quoted(file.blake2b256)}`;
        return refuse(`File already exists (${what}). See ${help('file-name-reuse')} for more information.`);
      }
    }
    return undefined;
  },
  function filenameWasNeverUsed({ file }, { state, help }) {
    if (!state.wasUsed(file.filename)) return undefined;
    return refuse(
      'This filename was previously used by a file that has since been deleted. ' +
        `Use a different version. See ${help('file-name-reuse')} for more information.`,
    );
  },
  function releaseIsOpen({ name, version }, { state, now }) {
    const created = state.release(name, version)?.created;
    if (created === undefined || now.getTime() - Date.parse(created) <= RELEASE_CLOSES_AFTER)
      return undefined;
    return refuse('Uploading new files to releases older than 14 days is not allowed.');
  },
  function sdistIsTheOnlyOne({ name, version, filetype }, { state }) {
    const files = state.release(name, version)?.files ?? [];
    if (filetype !== 'sdist' || !files.some(({ packagetype }) => packagetype === 'sdist')) return undefined;
    return refuse('Only one sdist may be uploaded per release.');
  },
];
