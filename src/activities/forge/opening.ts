import type { PullRequest } from '../../contract/activities.js';
import { failure } from '../../contract/failures.js';
import type { Proposal } from './forge.js';
import type { Pull, ReviewingApi } from './reviewing-api.js';

/** The pull request of a proposal, as the procedure knows it; one that was merged at this head is not opened again. */
export async function ensurePullRequest(api: ReviewingApi, proposal: Proposal): Promise<PullRequest> {
  const { branch, base, head, previous, merge } = proposal;
  const merged = await api.findPull(
    branch,
    (pull) => pull.merged && pull.base === base && pull.head === head,
  );
  const { number, url } = merged ?? (await ensureOpen(api, proposal));
  return { id: String(number), url, head, previous, merge, checks: 'forge' };
}

/** Opens a pull request, or brings the title and body of the open one up to date. */
export async function ensureOpen(
  api: ReviewingApi,
  proposal: Omit<Proposal, 'previous' | 'merge'>,
): Promise<Pull> {
  const { branch, base, head, title, body } = proposal;
  const findOpen = () => api.findPull(branch, (pull) => pull.open && pull.base === base);
  const found = await findOpen();
  if (found === undefined) {
    const why = await api.openPull({ base, branch, title, body });
    // Somebody, or an attempt whose answer was lost, may have been faster.
    if (why !== undefined && (await findOpen()) === undefined) throw notOpened(api, proposal, why);
  } else if (found.title !== title || found.body !== body) {
    await api.editPull(found.number, { title, body });
  }
  const pull = await findOpen();
  if (pull?.head !== head)
    throw new Error(`the pull request of ${branch} shows ${pull?.head ?? 'nothing'} instead of ${head} yet`);
  return pull;
}

function notOpened(
  { name }: ReviewingApi,
  { branch, base }: Pick<Proposal, 'branch' | 'base'>,
  why: string,
): Error {
  return failure('operator', {
    now: `${name} refuses a pull request from ${branch} to ${base}: ${why}`,
    not: 'There is no open one either.',
    next: 'Open it by hand, or mend what it says, then send `retry`.',
  });
}
