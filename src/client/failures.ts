/** What the client's exit codes mean; scripts may rely on them. */
export const exitCodes = {
  /** Refused, failed, or not found. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The message was received and did not count. */
  notCounted: 3,
  /** The Temporal server, or a worker, did not answer. */
  unreachable: 4,
} as const;

/** Ends the client with one clear message and an exit code. */
export class ClientFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
    this.name = 'ClientFailure';
  }
}

/** What is said of an error, and the exit code that it means. */
export function told(error: unknown): { readonly message: string; readonly code: number } {
  if (!(error instanceof Error)) return { message: String(error), code: exitCodes.refused };
  if (error instanceof ClientFailure) return { message: error.message, code: error.exitCode };
  const code = error.name === 'ConfigurationError' ? exitCodes.unreachable : exitCodes.refused;
  return { message: error.message, code };
}
