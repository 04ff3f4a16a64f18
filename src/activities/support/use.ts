import { z } from 'zod';

import type { ModeConfig } from '../../config/package-config.js';
import { finding, type Evidence, type Finding } from '../../contract/verdict.js';
import type { PythonEnvironment } from './environment.js';
import { readJson } from './http.js';
import { forRun, type Lent } from './lent.js';
import { count } from './wording.js';
import { runKept, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

const probeSeconds = 600;

/** A mode whose tests have passed, and the environment that they passed in. */
export interface Used {
  readonly name: string;
  readonly mode: ModeConfig;
  readonly lent: Lent;
  readonly folder: string;
  readonly environment: PythonEnvironment;
}

/** What one check of the use of a mode came to. */
interface Check {
  readonly findings: readonly Finding[];
  readonly evidence: readonly Evidence[];
}

/**
 * Whether a mode was really used: tests can pass in a mode that they never noticed. Asks the record of calls before
 * the mode's own probe, which may call as well; where neither can tell, the evidence says that nobody has looked.
 */
export async function checkUse(bench: Workbench, place: Workplace, used: Used): Promise<Check> {
  const checks = [await checkCalls(bench, used), await runProbe(bench, place, used)];
  const [findings, evidence] = [
    checks.flatMap((check) => check.findings),
    checks.flatMap((check) => check.evidence),
  ];
  if (findings.length > 0 || evidence.length > 0 || setsNothing(used.mode)) return { findings, evidence };
  return { findings, evidence: [{ what: `use of the mode ${used.name}: not checked` }] };
}

function setsNothing({ environment, secrets }: ModeConfig): boolean {
  return Object.keys(environment).length === 0 && secrets.length === 0;
}

const recordShape = z.record(z.string(), z.number());

async function checkCalls(bench: Workbench, { name, mode, lent }: Used): Promise<Check> {
  const { callRecord } = bench.settings;
  if (mode.calls.length === 0 || callRecord === undefined) return { findings: [], evidence: [] };
  const answered = recordShape.parse((await readJson(bench, forRun(callRecord, lent.run))) ?? {});
  const seen = Object.entries(answered).map(([called, times]) => `${called} ${count(times, 'time')}`);
  const inWords = `called ${seen.join(' and ') || 'nothing'}`;
  const missing = mode.calls.filter((called) => (answered[called] ?? 0) === 0);
  return {
    findings: missing.map((called) =>
      finding(`mode ${name}: its tests never called ${called}: the record says that they ${inWords}`),
    ),
    evidence: missing.length > 0 ? [] : [{ what: `use of the mode ${name}: its tests ${inWords}` }],
  };
}

async function runProbe(
  bench: Workbench,
  place: Workplace,
  { name, mode, lent, folder, environment }: Used,
): Promise<Check> {
  if (mode.probe.length === 0) return { findings: [], evidence: [] };
  // By env, because a program that is not there is a no of the probe and no trouble of the service.
  const { exitCode, timedOut, output, log } = await runKept(bench, ['/usr/bin/env', ...mode.probe], {
    cwd: folder,
    env: { ...environment.env, ...lent.variables },
    timeoutSeconds: probeSeconds,
    hide: Object.values(lent.secrets),
  });
  if (exitCode === 0)
    return { findings: [], evidence: [{ what: `use of the mode ${name}: its probe passed`, digest: log }] };
  const code = exitCode === undefined ? 'a signal' : `exit code ${String(exitCode)}`;
  const what = timedOut ? 'did not end within 10 minutes' : `ended with ${code}`;
  return {
    findings: [finding(`mode ${name}: its probe ${what}`, place.plain(output.trimEnd()), log)],
    evidence: [],
  };
}
