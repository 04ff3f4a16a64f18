import pep440 from '@renovatebot/pep440';

/** More than any minor version of Python ever had. */
const patches = 50;

/** Whether a Python, such as 3.12.4 or any 3.12, is one that a `requires-python` lets in. */
export function suits(python: string, requiresPython: string): boolean {
  const [, , patch] = python.split('.');
  const meant =
    patch === undefined
      ? Array.from({ length: patches }, (_, number) => `${python}.${String(number)}`)
      : [python];
  return meant.some((version) => pep440.satisfies(version, requiresPython));
}
