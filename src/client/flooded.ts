import { isGrpcServiceError } from '@temporalio/client';

import { releaseId } from '../contract/handles.js';
import type { MessageKind } from '../contract/messages.js';
import { ClientFailure, exitCodes } from './failures.js';

/** gRPC's INVALID_ARGUMENT: so the server says that a run was sent as many signals as it may have. */
const tooMany = 3;

/** Tells why a message could not even be left as a signal: a run that was flooded hears only who is answered at once. */
export function explainFlood(
  { package: name, version }: { package: string; version: string },
  kind: MessageKind,
) {
  return (error: unknown): never => {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isGrpcServiceError(cause) || Number(cause.code) !== tooMany) throw error;
    throw new ClientFailure(
      {
        now: `${releaseId(name, version)} was sent more messages than the server keeps for it, and no worker answers.`,
        not: `The ${kind} was not left there.`,
        next: `The same command again once a worker answers; what cannot wait is done by \`slipway yank ${name} ${version} --direct\`.`,
      },
      exitCodes.unreachable,
    );
  };
}
