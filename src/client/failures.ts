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
