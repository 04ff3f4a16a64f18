import type { z } from 'zod';

import { sentence } from '../contract/plain.js';
import type { Trouble } from '../contract/trouble.js';

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  /** What is wrong, and what to do about it, as far as the problems do not say that themselves. */
  readonly told: Pick<Trouble, 'now' | 'next'>;

  constructor(problems: readonly string[], { remedy, ...options }: ErrorOptions & { remedy?: string } = {}) {
    const [only = ''] = problems;
    const wrong = problems.length === 1 ? only : problems.map((problem) => `- ${problem}`).join('\n');
    super(remedy === undefined ? wrong : `${wrong}: ${remedy}`, options);
    this.name = 'ConfigurationError';
    this.problems = problems;
    this.told = {
      now: remedy === undefined ? wrong : `${wrong}.`,
      next: `${sentence(remedy ?? 'mend that')}, then the same command again.`,
    };
  }
}

/** Every issue of a failed check as one line: where (file and key path) and what to do about it. */
export function describeIssues(where: string, error: z.ZodError, under: readonly string[] = []): string[] {
  return error.issues.flatMap((issue) => {
    const at = [...under, ...issue.path.map(String)];
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...at, key]) : [at];
    const message =
      issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return keys.map((key) => problemLine(where, key, message));
  });
}

/** One problem as one line: where and what. */
export function problemLine(where: string, key: readonly string[], message: string): string {
  return key.length === 0 ? `${where}: ${message}` : `${where}: ${key.join('.')}: ${message}`;
}

/** The value, frozen with everything in it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
