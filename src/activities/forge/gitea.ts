import type { ForgeSetting } from '../../config/settings.js';
import type { Workbench } from '../support/workbench.js';
import { openRepository } from './gitea/api.js';
import { judgingCalls } from './gitea/judging.js';
import { mergeCalls } from './gitea/merging.js';
import { issueCalls, pullCalls } from './gitea/pull-requests.js';
import { pageCalls } from './gitea/release-page.js';
import type { ReviewingApi } from './reviewing-api.js';

/** Gitea, and Forgejo, which speaks the same API. */
export function giteaApi(bench: Workbench, address: string, setting: ForgeSetting): ReviewingApi {
  const repository = openRepository(bench, address, setting);
  return {
    name: 'Gitea',
    workflowFolders: ['.gitea/workflows', '.forgejo/workflows', '.github/workflows'],
    ...pullCalls(repository),
    ...issueCalls(repository),
    ...judgingCalls(repository),
    ...mergeCalls(bench, address, repository),
    ...pageCalls(repository),
  };
}
