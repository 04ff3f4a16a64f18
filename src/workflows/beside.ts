import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** Something that goes on beside the rest of a release. */
export interface Beside {
  /** Ends it without waiting. */
  cancel(): void;
}

/** Runs something beside the rest until it ends or is cancelled; what breaks it is no part of a step, and so stays a bug. */
export function beside(body: () => Promise<void>): Beside {
  const scope = new CancellationScope();
  void scope.run(body).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return {
    cancel: () => {
      scope.cancel();
    },
  };
}
