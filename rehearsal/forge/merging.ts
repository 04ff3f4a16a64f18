import { z } from 'zod';
import { actor, commit, readBody, type RepositoryContext } from './context.js';
import { isBound, isRuleset, protectionOf, unmetDemands, violations } from './demands.js';
import { json, Refusal, type Reply } from './http.js';
import { github, identityOf } from './people.js';
import { refHasMoved } from './ref-effects.js';
import type { Repository } from './site.js';
import type { Pull } from './state.js';

const schema = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
});

type Order = z.output<typeof schema>;

/** Merges a pull request by compare-and-swap of its base branch. */
export async function mergePull(context: RepositoryContext, pull: Pull): Promise<Reply> {
  const { site, repository, exchange } = context;
  const order = readBody(context, schema, 'PullRequest');
  const by = actor(context).login;
  mustBeAllowed(repository, pull, order);
  const ref = `refs/heads/${pull.base.ref}`;
  const [base, head] = [await repository.git.commitOf(ref), pull.head.sha];
  if (base === undefined) throw notMergeable();
  await mustMeetDemands(context, pull, base);
  const made = await makeMerge(context, pull, base, order);
  if (made === undefined) throw notMergeable();
  if (!(await repository.git.updateRef(ref, made, base)))
    throw new Refusal(405, 'Base branch was modified. Review and try the merge again.');
  const moved = { ref, from: base, to: made, by, how: 'merge' } as const;
  if (exchange.fault?.kind === 'half-merge') {
    site.store.commit(repository.fullName, { type: 'ref-updated', ...moved }, exchange.request);
    return json(500, { message: 'Server Error' });
  }
  const merged = { number: pull.number, commit: made, head, method: order.merge_method, by };
  commit(context, { type: 'pull-merged', ...merged });
  await refHasMoved(site, repository, moved, exchange.request);
  if (repository.settings.deleteBranchOnMerge) await deleteHead(context, pull, by);
  return json(200, { sha: made, merged: true, message: 'Pull Request successfully merged' });
}

function notMergeable(): Refusal {
  return new Refusal(405, 'Pull Request is not mergeable');
}

const methodNames = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' };

function mustBeAllowed({ settings }: Repository, pull: Pull, { sha, merge_method }: Order): void {
  if (pull.state === 'closed') throw notMergeable();
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (sha !== undefined && sha !== pull.head.sha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  if (!settings.mergeMethods.includes(merge_method))
    throw new Refusal(405, `${methodNames[merge_method]} are not allowed on this repository.`);
}

async function mustMeetDemands(
  { repository, permission }: RepositoryContext,
  pull: Pull,
  base: string,
): Promise<void> {
  const isBehind = !(await repository.git.isAncestor(base, pull.head.sha));
  const unmet = unmetDemands(repository, pull, isBehind);
  const protection = protectionOf(repository, pull.base.ref);
  if (unmet.length === 0 || protection === undefined || !isBound(protection, permission)) return;
  throw new Refusal(405, isRuleset(protection) ? violations(unmet) : unmet.join(' '));
}

/** The commit that the base branch shall stand at, or undefined where it conflicts. */
async function makeMerge(
  context: RepositoryContext,
  pull: Pull,
  base: string,
  order: Order,
): Promise<string | undefined> {
  const { git } = context.repository;
  if (order.merge_method === 'rebase') return rebased(context, pull, base);
  const tree = await git.mergedTree(base, pull.head.sha);
  if (tree === undefined) return undefined;
  const isSquash = order.merge_method === 'squash';
  const parents = isSquash ? [base] : [base, pull.head.sha];
  const message = isSquash ? await squashMessage(context, pull, order) : mergeMessage(context, pull, order);
  return git.makeCommit({ tree, parents, message, author: identityOf(actor(context)), committer: github });
}

function mergeMessage({ repository }: RepositoryContext, pull: Pull, order: Order): string {
  const title = `Merge pull request #${pull.number} from ${repository.owner}/${pull.head.ref}`;
  return joined(order.commit_title ?? title, order.commit_message ?? pull.title);
}

async function squashMessage(
  { repository: { git } }: RepositoryContext,
  pull: Pull,
  order: Order,
): Promise<string> {
  const commits = await git.commitsBetween(pull.base.sha, pull.head.sha);
  const messages = await Promise.all(commits.map(async (sha) => (await git.commitFacts(sha)).message));
  const [only = '', ...others] = messages;
  const [subject = '', ...rest] = only.split('\n');
  const [title, body] =
    others.length === 0
      ? [subject, rest.join('\n').trim()]
      : [pull.title, messages.map((message) => `* ${message}`).join('\n\n')];
  return joined(order.commit_title ?? `${title} (#${pull.number})`, order.commit_message ?? body);
}

function joined(title: string, message: string): string {
  return message === '' ? title : `${title}\n\n${message}`;
}

async function rebased(context: RepositoryContext, pull: Pull, base: string): Promise<string | undefined> {
  const { git } = context.repository;
  let tip = base;
  for (const sha of await git.commitsBetween(base, pull.head.sha)) {
    const facts = await git.commitFacts(sha);
    const [parent] = facts.parents;
    if (facts.parents.length !== 1 || parent === undefined) return undefined;
    // A commit with the tip's tree on the picked commit's parent makes that parent the merge base.
    const { tree } = await git.commitFacts(tip);
    const { author } = facts;
    const onParent = await git.makeCommit({
      tree,
      parents: [parent],
      message: '',
      author,
      committer: github,
    });
    const picked = await git.mergedTree(onParent, sha);
    if (picked === undefined) return undefined;
    const { message } = facts;
    tip = await git.makeCommit({
      tree: picked,
      parents: [tip],
      message,
      author,
      committer: identityOf(actor(context)),
    });
  }
  return tip;
}

async function deleteHead(
  { site, repository, exchange }: RepositoryContext,
  pull: Pull,
  by: string,
): Promise<void> {
  const { ref, sha } = pull.head;
  const name = `refs/heads/${ref}`;
  if (ref === repository.defaultBranch || !(await repository.git.updateRef(name, null, sha))) return;
  const gone = { ref: name, from: sha, to: null, by, how: 'branch-deletion' } as const;
  await refHasMoved(site, repository, gone, exchange.request);
}
