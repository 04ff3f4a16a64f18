import type { Command } from 'commander';

import type { ReleaseRequest } from '../../contract/release.js';
import { duration } from './arguments.js';

/** What a release may be asked for with. */
export interface RequestOptions {
  readonly branch?: string;
  readonly watch?: number;
  readonly queue?: boolean;
  readonly acceptUnisolated: boolean;
  readonly adopt: boolean;
}

/** A command with the options of a request. */
export function withRequestOptions(command: Command): Command {
  return command
    .option('--branch <branch>', 'the release branch, if it is not the one in the settings')
    .option('--watch <duration>', 'how long to watch after the upload, such as 12h', duration)
    .option('--accept-unisolated', 'project code may run beside the tokens, a process apart', false)
    .option('--adopt', 'take over what an earlier run that was cut off, or people, have done already', false);
}

/** The request that a command line asks for. */
export function requestOf(
  name: string,
  version: string,
  by: string,
  { branch, watch, queue = false, acceptUnisolated, adopt }: RequestOptions,
): ReleaseRequest {
  return {
    ...{ package: name, version, by, wait: queue, acceptUnisolated },
    ...(branch === undefined ? {} : { branch }),
    ...(watch === undefined ? {} : { watchSeconds: watch }),
    ...(adopt ? { adopt } : {}),
  };
}
