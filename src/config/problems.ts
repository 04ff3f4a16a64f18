import type { z } from 'zod';

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(
      problems.length === 1 ? (problems[0] ?? '') : problems.map((problem) => `- ${problem}`).join('\n'),
      options,
    );
    this.name = 'ConfigurationError';
    this.problems = problems;
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
