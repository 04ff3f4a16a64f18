import { z } from 'zod';

import { address, seconds, secretName, table, text, texts } from './schema.js';

export const forgeKinds = ['git', 'github', 'gitea'] as const;
/** What a package's pull requests live on; `git` is a bare repository and nothing else. */
export type ForgeKind = (typeof forgeKinds)[number];

export const publishingWorkflowsChoices = ['refuse', 'tell'] as const;
/** What becomes of a release whose branch holds a workflow that publishes by itself. */
export type PublishingWorkflows = (typeof publishingWorkflowsChoices)[number];

/** What keeps a package's pull requests. */
export const forgeTable = table({
  kind: z
    .enum(forgeKinds, { error: `must be one of ${forgeKinds.join(', ')}` })
    .default('git')
    .describe('What keeps the pull requests; `git` is a repository and nothing else, `gitea` also Forgejo.'),
  api: address.optional().describe('The address of its API; derived from that of the repository by default.'),
  token: secretName.optional().describe('The name of the secret that holds the service’s token there.'),
  app: table({
    id: text.describe('The id of the app.'),
    installation: text.describe('The id of its installation in the repository’s organisation.'),
    key: secretName.describe('The name of the secret that holds its private key.'),
  })
    .optional()
    .describe('A GitHub App that the service acts as, instead of a token.'),
  checks: texts
    .default([])
    .describe('Names of checks that have to be green beside those that the forge demands by itself.'),
  'publishing-workflows': z
    .enum(publishingWorkflowsChoices, { error: `must be one of ${publishingWorkflowsChoices.join(', ')}` })
    .default('refuse')
    .describe(
      'What becomes of a release whose branch holds a workflow that publishes on a tag or a release: `refuse`, or `tell` on every card; that is for rehearsals, where forge and production index are stand-ins on this machine.',
    ),
  poll: seconds.default(15).describe('How long to wait between two looks at checks and reviews.'),
})
  .superRefine(({ kind, token, app }, context) => {
    if (kind === 'gitea' && (token === undefined || app !== undefined))
      context.addIssue(
        'the forge gitea needs the name of a secret: token = "FORGE_TOKEN", and knows no apps',
      );
    if (kind === 'github' && (token === undefined) === (app === undefined))
      context.addIssue(
        'the forge github needs the name of a secret: token = "FORGE_TOKEN", or an app, and not both',
      );
  })
  .prefault({});
