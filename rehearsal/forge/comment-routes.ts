import { z } from 'zod';
import { actor, commit, paged, readBody, type RepositoryContext, type RepositoryRoute } from './context.js';
import { json, noContent, notFound, Refusal, type Reply } from './http.js';
import { commentDocument } from './pull-documents.js';
import { allows } from './site.js';
import type { Comment } from './state.js';

/** Comments on issues, which pull requests are to GitHub. */
export const commentRoutes: readonly RepositoryRoute[] = [
  { method: 'GET', path: /^\/issues\/(\d+)\/comments$/, answer: listComments },
  { method: 'POST', path: /^\/issues\/(\d+)\/comments$/, needs: 'read', answer: createComment },
  {
    method: 'GET',
    path: /^\/issues\/comments\/(\d+)$/,
    answer: (context) => json(200, commentDocument(context, theComment(context))),
  },
  { method: 'PATCH', path: /^\/issues\/comments\/(\d+)$/, needs: 'read', answer: updateComment },
  { method: 'DELETE', path: /^\/issues\/comments\/(\d+)$/, needs: 'read', answer: deleteComment },
];

const schema = z.object({ body: z.string().min(1) });

function theComment({ repository, parts: [id] }: RepositoryContext): Comment {
  const comment = repository.state.comments.get(Number(id));
  if (comment === undefined) throw notFound();
  return comment;
}

function theIssue({ repository: { state }, parts: [number] }: RepositoryContext): number {
  const issue = state.issues.get(Number(number)) ?? state.pulls.get(Number(number));
  if (issue === undefined) throw notFound();
  return issue.number;
}

function listComments(context: RepositoryContext): Reply {
  const number = theIssue(context);
  const since = context.exchange.query.get('since');
  const found = [...context.repository.state.comments.values()]
    .filter(({ issue }) => issue === number)
    .filter(({ updatedAt }) => since === null || Date.parse(updatedAt) >= Date.parse(since));
  return paged(context, found, (page) => page.map((comment) => commentDocument(context, comment)));
}

function createComment(context: RepositoryContext): Reply {
  const issue = theIssue(context);
  const by = actor(context).login;
  const { body } = readBody(context, schema, 'IssueComment');
  const id = context.site.store.newId();
  commit(context, { type: 'comment-created', id, issue, body, by });
  const document = commentDocument(context, theComment({ ...context, parts: [String(id)] }));
  return json(201, document, { location: String(document['url']) });
}

function updateComment(context: RepositoryContext): Reply {
  const comment = theComment(context);
  const by = mayChange(context, comment);
  const { body } = readBody(context, schema, 'IssueComment');
  commit(context, { type: 'comment-updated', id: comment.id, body, by });
  return json(200, commentDocument(context, comment));
}

function deleteComment(context: RepositoryContext): Reply {
  const comment = theComment(context);
  commit(context, { type: 'comment-deleted', id: comment.id, by: mayChange(context, comment) });
  return noContent;
}

function mayChange(context: RepositoryContext, comment: Comment): string {
  const { login } = actor(context);
  if (login !== comment.by && !allows(context.permission, 'write'))
    throw new Refusal(403, 'Resource not accessible by personal access token');
  return login;
}
