import type { Subject } from '../../contract/activities.js';
import type { ReviewingApi } from './reviewing-api.js';

const marker = ({ package: name, version }: Subject) => `<!-- slipway release/${name}/${version} -->`;

/** Keeps the progress of a release in one comment of its pull request; a line that stands there is not written again. */
export async function ensureTold(
  api: ReviewingApi,
  branch: string,
  subject: Subject,
  lines: readonly string[],
): Promise<void> {
  const pull = await api.findPull(branch, () => true);
  if (pull === undefined) return;
  const comments = await api.listComments(pull.number);
  const ours = comments.find(({ body }) => body.startsWith(marker(subject)));
  const told = (ours?.body ?? `${marker(subject)}\n${subject.package} ${subject.version}`).split('\n');
  const fresh = lines.filter((line) => !told.includes(line));
  if (fresh.length === 0) return;
  const body = [...told, '', ...fresh].join('\n');
  await (ours === undefined ? api.addComment(pull.number, body) : api.editComment(ours.id, body));
}
