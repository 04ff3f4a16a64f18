import type { CommitCard } from '../../contract/preconditions.js';
import type { Sha } from '../../contract/release.js';
import { inMirror, mirrorWith } from '../support/git/mirror.js';
import { checkSha } from '../support/git/names.js';
import type { Workbench } from '../support/workbench.js';

/** A commit as people know it again. */
export async function readCard(bench: Workbench, repository: string, commit: Sha): Promise<CommitCard> {
  const mirror = await mirrorWith(bench, repository, commit);
  const format = ['--no-show-signature', '--format=%s%x00%an%x00%aI'];
  const text = await inMirror(mirror, ['log', '-1', ...format, checkSha(commit), '--']);
  const [subject = '', author = '', date = ''] = text.trim().split('\0');
  return { commit, subject, author, date };
}
