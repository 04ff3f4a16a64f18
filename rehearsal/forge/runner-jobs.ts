import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run, type Command } from '../../src/activities/support/run.js';
import type { WorkflowJob } from './changes.js';
import { actions, type JobPlace } from './runner-actions.js';
import { evaluated, type Job, type Step } from './workflow-file.js';

interface Ended {
  readonly passed: boolean;
  readonly output: string;
}

/** Runs the steps of a job up to the first that fails. */
export async function playJob(
  job: Job,
  place: JobPlace,
): Promise<Pick<WorkflowJob, 'conclusion' | 'steps' | 'output'>> {
  const steps: WorkflowJob['steps'][number][] = [];
  let output = '';
  for (const step of job.steps) {
    const ended = await playStep(step, place);
    output += ended.output;
    const conclusion = ended.passed ? 'success' : 'failure';
    steps.push({ name: step.name ?? `Run ${step.uses ?? 'a command'}`, conclusion });
    if (!ended.passed) return { conclusion, steps, output };
  }
  return { conclusion: 'success', steps, output };
}

async function playStep(step: Step, place: JobPlace): Promise<Ended> {
  const all = (of: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [key, evaluated(value, place.values)]));
  const { uses, run: script } = step;
  if (uses !== undefined) return playAction(uses, all(step.with), place);
  const file = path.join(path.dirname(place.workspace), '.step.sh');
  await writeFile(file, evaluated(script ?? '', place.values));
  const command = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', file] as const;
  return runIn(place.workspace, command, { ...all(place.env), ...all(step.env) }, place.signal);
}

async function playAction(
  uses: string,
  given: Readonly<Record<string, string>>,
  place: JobPlace,
): Promise<Ended> {
  const action = actions[uses.split('@')[0] ?? ''];
  if (action === undefined) throw new Error(`The stand-in has no action ${uses}.`);
  try {
    return { passed: true, output: await action(given, place) };
  } catch (error) {
    place.signal.throwIfAborted();
    return { passed: false, output: String(error) };
  }
}

/** Runs a command with nothing in its environment but the search path and what it is given. */
export async function runIn(
  cwd: string,
  command: Command,
  given: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? '', ...given };
  const { exitCode, output } = await run(command, { cwd, env, timeoutSeconds: 300, signal });
  return { passed: exitCode === 0, output };
}
