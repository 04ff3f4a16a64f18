import { cp } from 'node:fs/promises';
import path from 'node:path';

import type { ApplicationConfig } from '../config/package-config.js';
import type { BuildActivities, Installation } from '../contract/activities.js';
import { short } from '../contract/digest.js';
import { finding, notPassed, type Evidence, type Finding, type Verdict } from '../contract/verdict.js';
import { describeEnvironment, install } from './support/environment.js';
import { onEveryPython, type Attempt } from './support/every-python.js';
import { checkout } from './support/git.js';
import { installPackage, type Stage } from './support/installed.js';
import { lend } from './support/lent.js';
import { readProject } from './support/project-page.js';
import { run } from './support/run.js';
import { configured, resolveRef } from './support/source.js';
import { inNumbers, inWords, type TestRun } from './support/test-run.js';
import { tryOut } from './support/trial.js';
import { tool, type Workbench } from './support/workbench.js';
import type { Workplace } from './support/workplace.js';

/** The real-world projects that use the package. */
export function createApplicationActivities(bench: Workbench): Pick<BuildActivities, 'runApplication'> {
  return {
    async runApplication({ application, ...installation }) {
      return onEveryPython(bench, installation.source, (attempt) =>
        runApplication(bench, attempt, installation, application),
      );
    },
  };
}

async function runApplication(
  bench: Workbench,
  { place, config, python }: Attempt,
  installation: Installation,
  name: string,
): Promise<Verdict> {
  const application = configured(config.applications, name);
  const { folder, what: called } = await layApplication(bench, place, name, application);
  const evidence: Evidence[] = [];
  const run = await tryOut(bench, place, {
    what: called,
    config,
    python,
    installation,
    folder,
    lent: lend(bench, application),
    command: application.command,
    install: async (stage) => {
      const replaced = await replacePackage(bench, stage, application, folder);
      if ('findings' in replaced) return replaced.findings;
      evidence.push(replaced.evidence);
      return [];
    },
  });
  if (run.log === undefined) return notPassed(run.findings, evidence);
  const findings = [...run.findings, ...markerFindings(called, application, run)];
  if (findings.length > 0) return notPassed(findings, evidence);
  const markers = application.mustRun.map(
    (marker) => `${marker}: ${String(run.report.markers[marker] ?? 0)}`,
  );
  const what = [`${called}: ${inWords(run.report)}`, ...markers].join(', ');
  const { version } = installation.manifest;
  const facts = [inNumbers(run.report, { of: 'application', name, version })];
  return { passed: true, evidence: [...evidence, { what, digest: run.log, facts }] };
}

/**
 * The application's folder and what people call it; of the package's own repository nothing else is there, so that the
 * sources cannot be imported.
 */
async function layApplication(
  bench: Workbench,
  place: Workplace,
  name: string,
  { repository, ref, path: inside }: ApplicationConfig,
): Promise<{ folder: string; what: string }> {
  const folder = place.at('application');
  if (repository === undefined) {
    await cp(place.at('checkout', inside), folder, { recursive: true, verbatimSymlinks: true });
    return { folder, what: `application ${name}` };
  }
  const commit = await resolveRef(bench, repository, ref);
  await checkout(bench, repository, commit, folder);
  return {
    folder: path.join(folder, inside),
    what: `application ${name} at ${ref === undefined || ref === commit ? '' : `${ref}, `}${short(commit)}`,
  };
}

/** Lets the requirements bring the old version from main, takes it out, and installs ours. */
async function replacePackage(
  bench: Workbench,
  stage: Stage,
  { requirements }: ApplicationConfig,
  folder: string,
): Promise<{ evidence: Evidence } | { findings: readonly Finding[] }> {
  const { place, environment, config, installation } = stage;
  const { package: name, version } = installation.manifest;
  const { files } = await readProject(bench, installation.main, name);
  if (files.length === 0) {
    const findings = await installPackage(bench, stage, { args: requirements, cwd: folder });
    const what = `${installation.main.name} holds no earlier version of ${name} that ${version} could replace`;
    return findings.length > 0 ? { findings } : { evidence: { what } };
  }
  const refused =
    requirements.length === 0
      ? undefined
      : await install(bench, place, environment, {
          args: requirements,
          index: installation.main,
          cwd: folder,
          constraints:
            config.constraints === undefined ? undefined : place.at('checkout', config.constraints),
        });
  if (refused !== undefined) return { findings: [refused] };
  const old = await describeEnvironment(place, environment, { package: name, importName: config.importName });
  if (old.version !== undefined) await uninstall(bench, stage, name);
  const findings = await installPackage(bench, stage, { args: [], cwd: folder });
  const what =
    old.version === undefined
      ? `The requirements bring no ${name}; ${version} was installed`
      : `${name} ${old.version} was uninstalled and ${version} installed`;
  return findings.length > 0 ? { findings } : { evidence: { what } };
}

async function uninstall(bench: Workbench, { place, environment }: Stage, name: string): Promise<void> {
  const command = [tool(bench, 'uv'), 'pip', 'uninstall', '--python', environment.python, name] as const;
  const result = await run(command, { cwd: place.folder, env: place.env, timeoutSeconds: 120 });
  if (result.exitCode !== 0)
    throw new Error(`${name} could not be uninstalled: ${result.output.trim().slice(-500)}`);
}

function markerFindings(what: string, { mustRun }: ApplicationConfig, { report, log }: TestRun): Finding[] {
  return mustRun
    .filter((marker) => (report.markers[marker] ?? 0) === 0)
    .map((marker) => finding(`${what}: no test marked ${marker} passed`, undefined, log));
}
