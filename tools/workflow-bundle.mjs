import { join } from 'node:path';
import { root } from './paths.mjs';

/** The module that exports the workflows. */
const ours = join(root, 'src', 'workflows', 'index.ts');

/**
 * Bundles the workflows as the worker runs them; throws when they import what a workflow must not.
 * @param {string} [workflowsPath] the module that exports them
 * @returns {Promise<string>} the bundle's code
 */
export async function bundleWorkflows(workflowsPath = ours) {
  // Loaded late: the packages may not be installed when this module is.
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  return code;
}
