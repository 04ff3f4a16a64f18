import type { Digest } from '../../contract/release.js';
import { finding, type Finding } from '../../contract/verdict.js';
import { redact } from '../../evidence/redact.js';
import { excerptOf } from './excerpt.js';
import { outsideTrouble } from './outside.js';
import type { RunResult } from './run.js';
import type { TestOrder, TestReport } from './test-run.js';
import { count, shortened } from './wording.js';
import type { Workplace } from './workplace.js';

const shownFailures = 20;
const shownNames = 10;

/** What people are told of the tests of a run that failed: a finding for each cause. */
export function failureFindings(
  place: Workplace,
  order: TestOrder,
  result: RunResult & { log: Digest },
  { failed, moreFailed }: TestReport,
): Finding[] {
  // A parametrised test's name may hold what it was lent.
  const failures = failed.map(({ name, message }) => {
    const told = place.plain(redact(message, order.hide));
    return { name: redact(name, order.hide), told, cause: causeIn(told) };
  });
  const causes = [...new Set(failures.map(({ cause }) => cause))].map((cause) =>
    failures.filter((failure) => failure.cause === cause),
  );
  const shown = causes.slice(0, shownFailures);
  const more = causes.slice(shownFailures).flat().length + moreFailed;
  return [
    ...shown.flatMap((alike) => failureFinding(order, alike, result.log)),
    ...(more === 0
      ? []
      : [finding(`${order.what}: ${String(more)} more tests failed`, undefined, result.log)]),
  ];
}

interface Failure {
  readonly name: string;
  readonly told: string;
  readonly cause: string;
}

/** Tests that failed for the same cause are one thing to look at, under the name of the first. */
function failureFinding(order: TestOrder, alike: readonly Failure[], log: Digest): Finding[] {
  const [first, ...others] = alike;
  if (first === undefined) return [];
  const { name, told, cause } = first;
  const excerpt = excerptOf(told, order.importName);
  const where = excerpt === undefined ? '' : `, at ${withoutFolder(excerpt.where)}`;
  const who = others.length === 0 ? name : `${name} and ${count(others.length, 'more test')}`;
  const title = `${order.what}: ${who} failed: ${withoutFolder(cause)}${where}${remedyFor(cause, order.importName)}`;
  const names = others.slice(0, shownNames).map((other) => other.name);
  const rest = others.length - names.length;
  const also = [...names, ...(rest > 0 ? [`${String(rest)} more`] : [])];
  const outside = outsideTrouble(cause);
  return [
    {
      ...finding(
        title,
        [
          ...(also.length === 0 ? [] : [`Also failed: ${also.join(', ')}`]),
          ...(excerpt?.lines ?? [told]),
        ].join('\n'),
        log,
      ),
      ...(outside === undefined ? {} : { outside }),
    },
  ];
}

/** A text that names what is installed as it stands in the wheel. */
function withoutFolder(text: string): string {
  return text.replaceAll(/[^\s'"]*\/site-packages\//g, '');
}

/** What to do about something that tests miss. */
function remedyFor(cause: string, importName: string): string {
  const missing = /No module named ['"]([^'"]*)['"]/.exec(cause)?.[1];
  if (missing?.startsWith(`${importName}.`) === true)
    return ' (a part of the package: have the tests import what is installed, and no sources beside them)';
  if (missing !== undefined) return ' (name what brings it under test-requirements in [tool.slipway])';
  const inWheel = /No such file or directory: ['"][^'"]*\/site-packages\/([^'"]+)['"]/.exec(cause)?.[1];
  if (inWheel?.startsWith(`${importName}/`) === true)
    return ` (the wheel does not hold ${inWheel}: have the build put it in, as package data)`;
  // Only in the clean environment is there less than in the repository.
  return /No such file or directory: ['"]clean\//.test(cause)
    ? ' (name what the tests need of the repository under tests in [tool.slipway])'
    : '';
}

/** The line of a failure that says what went wrong, cut in its middle: both the error and its object count. */
function causeIn(message: string): string {
  const lines = message.split('\n').map((text) => text.trim());
  // pytest marks the error with E, and what it compares with E and a sign; other runners end with the error.
  const line =
    lines.findLast((text) => /^E\s+[A-Za-z_]/.test(text)) ??
    lines.findLast((text) => text !== '' && !/^Use -v to get (the full|more) diff$/.test(text)) ??
    'no message';
  return shortened(line.replace(/^E\s+/, ''));
}
