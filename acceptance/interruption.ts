/** Ends the run: aborted by the first signal, so that what is under way can be closed before. */
const ending = new AbortController();

/** Listens for signals from now on; a second one ends the process as ever. */
export function listenForSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      ending.abort(new Error(`it was interrupted by ${signal}`));
    });
}

/** Aborted when the run is to end. */
export const ended: AbortSignal = ending.signal;

/** Whether somebody wants the run to end. */
export function isInterrupted(): boolean {
  return ending.signal.aborted;
}

/** Rejects as soon as somebody wants the run to end. */
export const interruption: Promise<never> = new Promise((_resolve, reject) => {
  ending.signal.addEventListener('abort', () => {
    reject(ending.signal.reason as Error);
  });
});
interruption.catch(() => undefined);
