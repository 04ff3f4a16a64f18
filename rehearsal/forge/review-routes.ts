import { z } from 'zod';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { json, notFound, Refusal, type Reply } from './http.js';
import { reviewDocument } from './pull-documents.js';
import { thePull } from './pull-routes.js';
import type { Pull, Review } from './state.js';

/** Reviews of pull requests. */
export const reviewRoutes: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)\/reviews$/,
    answer(context) {
      const pull = thePull(context);
      return paged(context, pull.reviews, (page) =>
        page.map((review) => reviewDocument(context, pull, review)),
      );
    },
  },
  { method: 'POST', path: /^\/pulls\/(\d+)\/reviews$/, needs: 'read', answer: submitReview },
  {
    method: 'GET',
    path: /^\/pulls\/(\d+)\/reviews\/(\d+)$/,
    answer(context) {
      const pull = thePull(context);
      return json(200, reviewDocument(context, pull, theReview(context, pull)));
    },
  },
  { method: 'PUT', path: /^\/pulls\/(\d+)\/reviews\/(\d+)\/dismissals$/, answer: dismissReview },
];

function theReview({ parts: [, id] }: RepositoryContext, pull: Pull): Review {
  const review = pull.reviews.find((it) => it.id === Number(id));
  if (review === undefined) throw notFound();
  return review;
}

const states = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
  PENDING: 'PENDING',
} as const;

const reviewSchema = z.object({
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT', 'PENDING']).default('PENDING'),
  body: z.string().default(''),
  commit_id: z.string().optional(),
});

async function submitReview(context: RepositoryContext): Promise<Reply> {
  const pull = thePull(context);
  const by = actor(context).login;
  const {
    event,
    body,
    commit_id: sha = pull.head.sha,
  } = readBody(context, reviewSchema, 'PullRequestReview');
  if (by === pull.by) mustNotBeOwn(event);
  if (body === '' && (event === 'COMMENT' || event === 'REQUEST_CHANGES'))
    throw unprocessable("Body can't be blank");
  if (!(await isPartOf(context, pull, sha)))
    throw unprocessable('The commit_id is not part of the pull request');
  const id = context.site.store.newId();
  const about = { number: pull.number, id, state: states[event], body, commit: sha, by };
  commit(context, { type: 'review-submitted', ...about });
  const review = theReview({ ...context, parts: [String(pull.number), String(id)] }, pull);
  return json(200, reviewDocument(context, pull, review));
}

function mustNotBeOwn(event: keyof typeof states): void {
  if (event === 'APPROVE') throw unprocessable('Can not approve your own pull request');
  if (event === 'REQUEST_CHANGES') throw unprocessable('Can not request changes on your own pull request');
}

async function isPartOf(
  { repository: { git } }: RepositoryContext,
  pull: Pull,
  sha: string,
): Promise<boolean> {
  return sha === pull.head.sha || (await git.commitsBetween(pull.base.sha, pull.head.sha)).includes(sha);
}

function unprocessable(why: string): Refusal {
  return new Refusal(422, 'Unprocessable Entity', { errors: [why] });
}

const dismissalSchema = z.object({ message: z.string().min(1), event: z.literal('DISMISS').optional() });

function dismissReview(context: RepositoryContext): Reply {
  const pull = thePull(context);
  const review = theReview(context, pull);
  const by = actor(context).login;
  const { message } = readBody(context, dismissalSchema, 'PullRequestReview');
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED')
    throw unprocessable(`Can not dismiss a ${review.state.toLowerCase()} pull request review`);
  commit(context, { type: 'review-dismissed', number: pull.number, review: review.id, message, by });
  return json(200, reviewDocument(context, pull, review));
}
