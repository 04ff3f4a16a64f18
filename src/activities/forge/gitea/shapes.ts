import { z } from 'zod';

/** What of Gitea's answers is read; its description of them is `/swagger.v1.json` of every installation. */

const user = z.object({ login: z.string() });

export const refusalShape = z.object({ message: z.string() });

export const pullShape = z.object({
  number: z.number(),
  html_url: z.string(),
  title: z.string(),
  body: z.string(),
  user: user.nullable(),
  state: z.string(),
  draft: z.boolean(),
  mergeable: z.boolean(),
  merged: z.boolean(),
  merge_commit_sha: z.string().nullable(),
  base: z.object({ ref: z.string(), sha: z.string(), repo_id: z.number() }),
  // The ref becomes one of the pull request's own when the branch is deleted; the label stays.
  head: z.object({ label: z.string(), sha: z.string(), repo_id: z.number() }),
});

export const repositoryShape = z.object({
  allow_merge_commits: z.boolean(),
  allow_squash_merge: z.boolean(),
  allow_rebase: z.boolean(),
  allow_rebase_explicit: z.boolean(),
  allow_fast_forward_only_merge: z.boolean().default(false),
});

export const branchShape = z.object({
  protected: z.boolean(),
  required_approvals: z.number(),
  enable_status_check: z.boolean(),
  status_check_contexts: z.array(z.string()).nullable(),
  user_can_merge: z.boolean(),
});

export const reviewShape = z.object({
  id: z.number(),
  user: user.nullable(),
  state: z.string(),
  body: z.string(),
  commit_id: z.string(),
  stale: z.boolean(),
  official: z.boolean(),
  dismissed: z.boolean(),
  submitted_at: z.string(),
});

export const statusShape = z.object({
  id: z.number(),
  status: z.string(),
  context: z.string(),
  target_url: z.string(),
});

export const issueShape = z.object({
  html_url: z.string(),
  title: z.string(),
  body: z.string(),
  user: user.nullable(),
  created_at: z.string(),
});

export const commentShape = z.object({ id: z.number(), body: z.string() });

export const releaseShape = z.object({
  id: z.number(),
  tag_name: z.string(),
  draft: z.boolean(),
  html_url: z.string(),
  target_commitish: z.string(),
});

export const attachmentShape = z.object({ id: z.number(), name: z.string() });
