import type { PullRequest, Review } from '../../contract/activities.js';
import type { Sha } from '../../contract/release.js';
import type { Check } from './forge.js';
import type { ReviewingApi } from './reviewing-api.js';

/** The standing reviews of exactly this head, the last word of each person; an author's own do not count. */
export async function readReviews(api: ReviewingApi, branch: string, head: Sha): Promise<Review[]> {
  const pull = await api.findPull(branch, (candidate) => candidate.head === head);
  if (pull === undefined) return [];
  const said = (await api.listSaid(pull.number)).filter(({ by }) => by !== pull.author);
  const last = new Map(said.map((word) => [word.by, word]));
  return [...last.values()].flatMap(({ state, commit, ...review }) =>
    state === 'withdrawn' || commit !== head ? [] : [{ ...review, state }],
  );
}

/** The expected checks of a head; where none is expected by name, all that there are. */
export async function readChecks(
  api: ReviewingApi,
  { head, id }: Pick<PullRequest, 'head' | 'id'>,
  wanted: readonly string[],
): Promise<readonly Check[]> {
  const [{ base }, found] = await Promise.all([api.readPull(Number(id)), api.listChecks(head)]);
  const expected = new Set([...wanted, ...(await api.listDemanded(base, found))]);
  if (expected.size === 0) return found;
  const missing = [...expected].filter((name) => !found.some((check) => check.name === name));
  return [
    ...found.filter(({ name }) => expected.has(name)),
    ...missing.map((name): Check => ({ name, state: 'missing' })),
  ];
}
