import type { PackageConfig } from '../../config/package-config.js';
import type { Fact } from '../../contract/facts.js';
import type { Source } from '../../contract/release.js';
import { notPassed, type Verdict } from '../../contract/verdict.js';
import { findPythons, type Python } from './pythons.js';
import { openSource } from './source.js';
import type { Workbench } from './workbench.js';
import { inWorkplace, type Workplace } from './workplace.js';

/** Where something is tried on one Python: a place of its own, with the sources in its folder `checkout`. */
export interface Attempt {
  readonly place: Workplace;
  readonly config: PackageConfig;
  readonly python: Python;
}

/** The verdict of what is tried on every Python of a package, on one after the other. */
export async function onEveryPython(
  bench: Workbench,
  source: Source,
  body: (attempt: Attempt) => Promise<Verdict>,
): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  let pythons: readonly Python[] = [];
  do {
    const verdict = await inWorkplace(bench, async (place) => {
      const config = await openSource(bench, source, place.at('checkout'));
      if (verdicts.length === 0) pythons = await findPythons(bench, place, config);
      const python = pythons[verdicts.length];
      if (python === undefined) throw new Error('a package is tried on at least one Python');
      return named(python, await body({ place, config, python }));
    });
    verdicts.push(verdict);
  } while (verdicts.length < pythons.length);
  return together(verdicts);
}

/** The same verdict, which says of which Python it speaks where there is a choice. */
export function named<T>({ name }: Pick<Python, 'name'>, verdict: Verdict<T>): Verdict<T> {
  if (name === undefined) return verdict;
  const evidence = verdict.evidence.map(({ facts, ...proof }) => ({
    ...proof,
    what: `${name}: ${proof.what}`,
    ...(facts === undefined ? {} : { facts: facts.map((fact) => onPython(name, fact)) }),
  }));
  if (verdict.passed) return { ...verdict, evidence };
  const findings = verdict.findings.map((finding) => ({ ...finding, title: `${name}: ${finding.title}` }));
  return notPassed(findings, evidence);
}

function onPython(python: string, fact: Fact): Fact {
  return fact.kind === 'tests' ? { ...fact, python } : fact;
}

function together(verdicts: readonly Verdict[]): Verdict {
  const evidence = verdicts.flatMap((verdict) => verdict.evidence);
  const refused = verdicts.filter((verdict) => !verdict.passed);
  if (refused.length === 0) return { passed: true, evidence };
  return notPassed(
    refused.flatMap(({ findings }) => findings),
    evidence,
  );
}
