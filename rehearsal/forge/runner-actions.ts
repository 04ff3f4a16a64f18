import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { WorkflowRunFields } from './changes.js';
import { publish } from './publish-action.js';
import type { RunnerOptions } from './runner.js';
import type { Job } from './workflow-file.js';

/** Where a job works, and what it has. */
export interface JobPlace extends RunnerOptions {
  readonly run: WorkflowRunFields;
  readonly job: Job;
  readonly workspace: string;
  /** The folder of what the jobs of the run hand on. */
  readonly artifacts: string;
  /** The values of expressions. */
  readonly values: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** An action: says what it printed, and throws where it fails. */
export type Action = (given: Readonly<Record<string, string>>, place: JobPlace) => Promise<string>;

/** The actions that have a stand-in. */
export const actions: Readonly<Record<string, Action>> = {
  'actions/upload-artifact': async ({ name = 'artifact', path: from = '.' }, { workspace, artifacts }) => {
    await mkdir(artifacts, { recursive: true });
    await cp(path.join(workspace, from), path.join(artifacts, name), { recursive: true });
    return `uploaded ${name}\n`;
  },
  'actions/download-artifact': async ({ name = 'artifact', path: to = '.' }, { workspace, artifacts }) => {
    await cp(path.join(artifacts, name), path.join(workspace, to), { recursive: true });
    return `downloaded ${name}\n`;
  },
  'pypa/gh-action-pypi-publish': publish,
};
