import { ConfigurationError } from '../config/problems.js';
import { troubleLines, type Trouble } from '../contract/trouble.js';

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

/** Ends the client with three lines (what is true, what is not, what to type) and an exit code. */
export class ClientFailure extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly exitCode: number,
  ) {
    super(troubleLines(trouble).join('\n'));
    this.name = 'ClientFailure';
  }
}

/** An error in three lines, and the exit code that it means. */
export function told(error: unknown): { readonly trouble: Trouble; readonly code: number } {
  if (error instanceof ClientFailure) return { trouble: error.trouble, code: error.exitCode };
  if (error instanceof ConfigurationError) {
    const not = 'Nothing was asked, sent or changed.';
    return { trouble: { ...error.told, not }, code: exitCodes.unreachable };
  }
  const why = error instanceof Error ? error.message : String(error);
  return {
    trouble: {
      now: `The command broke off: ${why}`,
      not: 'It is not known here whether it was carried out.',
      next: '`slipway list` shows what the server knows.',
    },
    code: exitCodes.refused,
  };
}
