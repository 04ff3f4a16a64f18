import type { PullRequest, Subject } from '../../../contract/activities.js';
import { failure } from '../../../contract/failures.js';
import type { Sha } from '../../../contract/release.js';
import type { Proposal } from '../forge.js';
import { statusOf, type GithubRepository } from './api.js';

/** What is known of a pull request. */
export interface Pull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly head: Sha;
  readonly author: string;
  readonly open: boolean;
}

/** The pull requests of a branch of the repository itself, newest first. */
export async function listPulls(
  { octokit, at }: GithubRepository,
  branch: string,
  base?: string,
): Promise<Pull[]> {
  const listed = await octokit.paginate(octokit.rest.pulls.list, {
    ...at,
    head: `${at.owner}:${branch}`,
    ...(base === undefined ? {} : { base }),
    state: 'all',
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  });
  return listed.map(({ number, html_url: url, title, body, head, user, state }) => ({
    number,
    url,
    title,
    body: body ?? '',
    head: head.sha,
    author: user?.login ?? '',
    open: state === 'open',
  }));
}

/** Opens a pull request, or brings the title and body of the open one up to date. */
export async function ensureOpen(
  repository: GithubRepository,
  proposal: Omit<Proposal, 'previous' | 'merge'>,
): Promise<Pull> {
  const { octokit, at } = repository;
  const { branch, head, title, body } = proposal;
  const found = await findOpen(repository, proposal);
  if (found === undefined) await open(repository, proposal);
  else if (found.title !== title || found.body !== body)
    await octokit.rest.pulls.update({ ...at, pull_number: found.number, title, body });
  const pull = await findOpen(repository, proposal);
  if (pull?.head !== head)
    throw new Error(`the pull request of ${branch} shows ${pull?.head ?? 'nothing'} instead of ${head} yet`);
  return pull;
}

type Ends = Pick<Proposal, 'branch' | 'base'>;

async function findOpen(repository: GithubRepository, { branch, base }: Ends): Promise<Pull | undefined> {
  return (await listPulls(repository, branch, base)).find(({ open: isOpen }) => isOpen);
}

async function open(
  repository: GithubRepository,
  { base, branch, title, body }: Omit<Proposal, 'previous' | 'merge'>,
): Promise<void> {
  const { octokit, at } = repository;
  try {
    await octokit.rest.pulls.create({ ...at, base, head: branch, title, body });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    // Somebody, or an attempt whose answer was lost, may have been faster: the next look tells.
    if ((await findOpen(repository, { base, branch })) === undefined)
      throw notOpened({ base, branch }, error);
  }
}

function notOpened({ base, branch }: Ends, error: unknown): Error {
  return failure('operator', {
    now: `GitHub refuses a pull request from ${branch} to ${base}: ${error instanceof Error ? error.message : String(error)}`,
    not: 'There is no open one either.',
    next: 'Open it by hand, or mend what it says, then send `retry`.',
  });
}

/** The pull request of a proposal, as the procedure knows it. */
export async function ensurePullRequest(
  repository: GithubRepository,
  proposal: Proposal,
): Promise<PullRequest> {
  const { branch, base, head, previous, merge } = proposal;
  const merged = (await listPulls(repository, branch, base)).find((pull) => !pull.open && pull.head === head);
  const { number, url } =
    merged !== undefined && (await readPull(repository, merged.number)).merged
      ? merged
      : await ensureOpen(repository, proposal);
  return { id: String(number), url, head, previous, merge, checks: 'forge' };
}

/** One pull request by its number, with what only this answer has: whether it can be merged. */
export async function readPull({ octokit, at }: GithubRepository, number: number) {
  const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number });
  return data;
}

const marker = ({ package: name, version }: Subject) => `<!-- slipway release/${name}/${version} -->`;

/** Keeps the progress of a release in one comment of its pull request; a line that stands there is not written again. */
export async function ensureTold(
  repository: GithubRepository,
  branch: string,
  subject: Subject,
  lines: readonly string[],
): Promise<void> {
  const { octokit, at } = repository;
  const [pull] = await listPulls(repository, branch);
  if (pull === undefined) return;
  const comments = await octokit.paginate(octokit.rest.issues.listComments, {
    ...at,
    issue_number: pull.number,
    per_page: 100,
  });
  const ours = comments.find(({ body }) => body?.startsWith(marker(subject)) === true);
  const told = (ours?.body ?? `${marker(subject)}\n${subject.package} ${subject.version}`).split('\n');
  const fresh = lines.filter((line) => !told.includes(line));
  if (fresh.length === 0) return;
  const body = [...told, '', ...fresh].join('\n');
  if (ours === undefined) await octokit.rest.issues.createComment({ ...at, issue_number: pull.number, body });
  else await octokit.rest.issues.updateComment({ ...at, comment_id: ours.id, body });
}
