import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** Ends what a test has left open: the workers of the next test would go on with it, in a world of their own. */
export async function endWorkflows(client: Client, ids: Iterable<string>): Promise<void> {
  for (const id of ids)
    await client.workflow
      .getHandle(id)
      .terminate()
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
}
