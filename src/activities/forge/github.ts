import type { ForgeSetting } from '../../config/settings.js';
import type { Workbench } from '../support/workbench.js';
import { openRepository } from './github/api.js';
import { judgingCalls } from './github/judging.js';
import { mergeCalls } from './github/merging.js';
import { commentCalls, issueCalls, pullCalls } from './github/pull-requests.js';
import { fileCalls, pageCalls } from './github/release-page.js';
import { workflowCalls } from './github/workflows.js';
import type { ReviewingApi } from './reviewing-api.js';

/** GitHub, and what speaks its REST API. */
export function githubApi(bench: Workbench, address: string, setting: ForgeSetting): ReviewingApi {
  const repository = openRepository(bench, address, setting);
  return {
    name: 'GitHub',
    workflowFolders: ['.github/workflows'],
    workflows: workflowCalls(repository),
    ...pullCalls(repository),
    ...commentCalls(repository),
    ...issueCalls(repository),
    ...judgingCalls(repository),
    ...mergeCalls(repository),
    ...pageCalls(repository),
    ...fileCalls(repository),
  };
}
