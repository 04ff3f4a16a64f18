import { InvalidArgumentError, type Command } from 'commander';

import { parseDuration } from '../../contract/duration.js';
import { nameProblem, versionProblem } from '../../contract/version.js';

/** What every command takes. */
export interface Common {
  readonly json: boolean;
  /** Who says it. */
  readonly as: string;
}

/** The options that stand before or behind every command. */
export function commonOptions(program: Command): Common {
  return program.opts<Common>();
}

/** The first two arguments of every command about one release. */
export const packageArgument = ['<package>', 'the normalised name', checked(nameProblem)] as const;
export const versionArgument = [
  '<version>',
  'the final version, such as 0.2.0',
  checked(versionProblem),
] as const;

/** An argument or the value of an option with which nothing is wrong. */
export function checked(problemOf: (text: string) => string | undefined): (text: string) => string {
  return (text) => {
    const problem = problemOf(text);
    if (problem !== undefined) throw new InvalidArgumentError(problem);
    return text;
  };
}

/** A duration such as 12h, in seconds. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('write a duration such as 90s, 10m or 12h');
  return seconds;
}

/** The moment so long from now, ISO 8601. */
export function untilAfter(text: string): string {
  return new Date(Date.now() + duration(text) * 1000).toISOString();
}
