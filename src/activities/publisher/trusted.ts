import {
  publishFile,
  publishTitle,
  uploadAction,
  type PublishInputs,
} from '../../config/publish-workflow.js';
import type { Errand, PublishActivities, Subject } from '../../contract/activities.js';
import { digestOf, short } from '../../contract/digest.js';
import { failure, notYet, troubleOf } from '../../contract/failures.js';
import type { Artifact, Manifest } from '../../contract/release.js';
import type { Forge, OpenForge, WorkflowRun, Workflows } from '../forge/forge.js';
import { releasePage } from '../forge/release-page.js';
import { pause } from '../support/cancellation.js';
import { fence } from '../support/fence.js';
import type { Workbench } from '../support/workbench.js';
import { heldAlready, missingOn } from './listed.js';
import { lostBeforeSending } from './lost.js';
import type { Publisher, Upload } from './publisher.js';
import { requireWorkflow } from './trusted-workflow.js';

/** How often a run that was started is looked for before it counts as lost. */
const mostLooks = 10;

/**
 * Has a workflow of the package's repository upload by the identity of that workflow. It gets the files from the drafted
 * page of the version. A second run, where the reply to the first was lost, would bring the same bytes: that is no harm.
 */
export function trusted(bench: Workbench, openForge: OpenForge): Publisher {
  return async (upload) => {
    const { index, manifest, repository, base } = upload;
    const missing = await missingOn(bench, index, manifest);
    const evidence = manifest.files
      .filter((artifact) => !missing.includes(artifact))
      .map((artifact) => ({ what: heldAlready(index, artifact) }));
    if (missing.length === 0) return { evidence };
    const forge = openForge(repository);
    const workflows = workflowsOf(forge, repository);
    const last = await runFor(workflows, manifest);
    if (last?.state === 'open') return { errand: errandOf(last) };
    if (last?.state === 'succeeded')
      return {
        evidence: [...evidence, { what: `${last.url} ended well; ${index.name} does not list all yet` }],
      };
    if (last === undefined) {
      const lost = await lostBeforeSending(bench, index, manifest);
      if (lost.length > 0) return { lost };
    }
    // What has failed before somebody sent `retry` is done anew.
    await requireWorkflow(bench, repository, base);
    const inputs = await inputsFor(forge, upload, missing);
    return { errand: errandOf(await start(forge, workflows, upload, inputs, last?.id)) };
  };
}

/** Waits until the run has ended, and says where it failed; a first one that failed at the upload is no reason to ask people. */
export async function awaitUploaded(
  openForge: OpenForge,
  { repository, errand }: Parameters<PublishActivities['awaitUploaded']>[0],
): ReturnType<PublishActivities['awaitUploaded']> {
  const forge = openForge(repository);
  const workflows = workflowsOf(forge, repository);
  const run = await workflows.readRun(Number(errand.id));
  const { state, url, said } = run;
  if (state === 'open') throw notYet(`${url} is ${said}`, forge.pollSeconds);
  if (state === 'succeeded') return { evidence: { what: `uploaded without a token by ${url}` } };
  const failed = await workflows.readFailure(run.id);
  const now = `${url}, which uploads, ended: ${said}. ${failed.said}`;
  // A token of the index lives for a quarter of an hour: another run gets one of its own.
  if (failed.step?.includes(uploadAction) === true && (await isFirst(workflows, run)))
    return { evidence: { what: `${now} Another run is started, once, with a token of its own.` } };
  throw failure('operator', {
    now,
    not: 'What it had not uploaded by then is not published.',
    next: 'Mend what it says there, then send `retry`: another run is started.',
  });
}

async function isFirst(workflows: Workflows, { title }: WorkflowRun): Promise<boolean> {
  return (await workflows.listRuns(publishFile)).filter((run) => run.title === title).length === 1;
}

/** Tells the runs that could still upload a version that is to be taken back to end; says which they are. */
export async function stopRuns(
  { settings }: Workbench,
  openForge: OpenForge,
  subject: Subject,
): Promise<readonly WorkflowRun[]> {
  if (settings.production.publisher !== 'trusted') return [];
  const repository = settings.packages[subject.package]?.repository;
  if (repository === undefined) throw new Error(`slipway.toml has no package ${subject.package} any more`);
  const workflows = workflowsOf(openForge(repository), repository);
  const beginning = publishTitle({ ...subject, key: '' }).slice(0, -1);
  const runs = await workflows.listRuns(publishFile);
  const open = runs.filter(({ state, title }) => state === 'open' && title.startsWith(beginning));
  for (const { id } of open) await workflows.stop(id);
  return open;
}

function workflowsOf({ workflows }: Forge, repository: string): Workflows {
  if (workflows !== undefined) return workflows;
  throw failure('operator', {
    now: `${repository} is on no forge whose workflows an index trusts.`,
    not: 'Nothing was uploaded.',
    next: 'Mend publisher, or the forge of the package, in slipway.toml, restart the worker and send `retry`.',
  });
}

function errandOf({ id, url }: WorkflowRun): Errand {
  return { id: String(id), url };
}

function keyOf({ files }: Manifest): string {
  return short(digestOf(files.map(({ filename, sha256 }) => ({ filename, sha256 }))));
}

/** The newest run for these very files, if it is newer than one that is known. */
async function runFor(workflows: Workflows, manifest: Manifest, known = 0): Promise<WorkflowRun | undefined> {
  const title = publishTitle({ ...manifest, key: keyOf(manifest) });
  return (await workflows.listRuns(publishFile)).find((run) => run.title === title && run.id > known);
}

/** Puts the files on the drafted page of the version, and says which they are. */
async function inputsFor(
  forge: Forge,
  { manifest, tag, notes }: Upload,
  missing: readonly Artifact[],
): Promise<PublishInputs> {
  await forge.ensureReleasePage(releasePage(manifest, tag, notes), 'draft');
  const there = await forge.readPageFiles(tag);
  const lines = missing.map(({ filename, sha256 }) => {
    const found = there.find(({ name, whole }) => name === filename && whole);
    if (found === undefined)
      throw new Error(`${filename} was put on the page of ${tag} and is not listed yet`);
    return `${sha256} ${String(found.id)} ${filename}`;
  });
  const { package: name, version } = manifest;
  return { package: name, version, key: keyOf(manifest), files: lines.join('\n') };
}

/** Starts the workflow and finds the run, also where the reply to the start was lost. */
async function start(
  forge: Forge,
  workflows: Workflows,
  { manifest, base }: Upload,
  inputs: PublishInputs,
  known?: number,
): Promise<WorkflowRun> {
  let lost: unknown;
  await fence();
  await workflows.start(publishFile, base, { ...inputs }).catch((error: unknown) => {
    if (troubleOf(error) !== undefined) throw error;
    lost = error;
  });
  for (let looks = 1; looks <= mostLooks; looks++) {
    const run = await runFor(workflows, manifest, known);
    if (run !== undefined) return run;
    await pause(Math.min(forge.pollSeconds, 3) * 1000);
  }
  throw lost instanceof Error ? lost : new Error(`${publishFile} was started and shows no run yet`);
}
