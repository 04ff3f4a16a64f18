/** What the client's exit codes mean; scripts may rely on them. */
export const exitCodes = {
  refused: 1,
  usage: 2,
  notCounted: 3,
  unreachable: 4,
  released: 0,
  'un-yanked': 0,
  abandoned: 5,
  yanked: 6,
  interrupted: 130,
} as const;

/** The same for people: the code, what it means, and which commands end with it. */
export const exitCodeHelp: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'Done. Where the client waited for the end of a release: it is released, or its yank was taken back.'],
  [exitCodes.refused, 'Refused, failed, or not found; what is to be done is on standard error.'],
  [exitCodes.usage, 'The command line, or the file of your own configuration, is wrong. Nothing was sent.'],
  [exitCodes.notCounted, 'The message was received and did not count; why is on standard error.'],
  [
    exitCodes.unreachable,
    'The Temporal server, or a worker, did not answer. A message may have been recorded.',
  ],
  [exitCodes.abandoned, 'The release that was waited for is abandoned: nothing of it is published.'],
  [exitCodes.yanked, 'The release that was waited for is yanked.'],
  [exitCodes.interrupted, 'A signal, such as that of Ctrl-C, ended the client; the release goes on.'],
];

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
