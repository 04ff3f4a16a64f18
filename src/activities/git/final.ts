import type { Subject } from '../../contract/activities.js';
import type { PublishParts } from '../parts.js';
import { short } from '../../contract/digest.js';
import { failure } from '../../contract/failures.js';
import type { OpenForge } from '../forge/forge.js';
import { makeTag } from '../support/git/making.js';
import { freshMirror, isAncestor, mirrorWith } from '../support/git/mirror.js';
import { branchRef, keptRef, tagRef } from '../support/git/names.js';
import { readRef } from '../support/git/objects.js';
import { updateRefs } from '../support/git/push.js';
import { listRemote } from '../support/git/remote.js';
import { updateOrFail } from '../support/git/updating.js';
import type { Workbench } from '../support/workbench.js';

/** The branch from which people merge the final version's commit where the service could not. */
export function versionBranch({ version }: Subject): string {
  return `slipway/version-${version}`;
}

/** Brings the final version's commit onto main; where main has moved or is protected, leaves it for people to merge. */
export async function ensureFinalOnBase(
  bench: Workbench,
  openForge: OpenForge,
  { repository, base, commit, parent, subject }: Parameters<PublishParts['ensureFinalOnBase']>[0],
): ReturnType<PublishParts['ensureFinalOnBase']> {
  const mirror = await mirrorWith(bench, repository, commit);
  const outcome = await updateRefs(mirror, [{ ref: branchRef(base), expected: parent, wanted: commit }]);
  if (
    outcome.state === 'done' ||
    (outcome.state === 'moved' && (await holds(bench, repository, base, commit)))
  )
    return { onBase: true, evidence: { what: `${base} holds ${commit}, the commit of ${subject.version}` } };
  const why = outcome.state === 'refused' ? `it refused the push (${outcome.why})` : 'it has moved';
  const { evidence } = await openForge(repository).ensureProposed({
    subject,
    base,
    branch: versionBranch(subject),
    head: commit,
    title: `Set version to ${subject.version}`,
    body: `${subject.package} ${subject.version} was released from ${commit}.`,
  });
  return {
    onBase: false,
    evidence: { ...evidence, what: `${base} was left as it is, since ${why}. ${evidence.what}` },
  };
}

async function holds(bench: Workbench, repository: string, base: string, commit: string): Promise<boolean> {
  const mirror = await freshMirror(bench, repository);
  const head = await readRef(mirror, branchRef(base));
  return head !== undefined && (await isAncestor(mirror, commit, head));
}

/** Tags the commit with an annotated tag; a tag of that name on another commit is never moved. */
export async function ensureTagged(
  bench: Workbench,
  { repository, tag, commit, subject }: Parameters<PublishParts['ensureTagged']>[0],
): ReturnType<PublishParts['ensureTagged']> {
  const mirror = await mirrorWith(bench, repository, commit);
  const ref = tagRef(tag);
  const evidence = { what: `the tag ${tag} is on ${commit}` };
  if ((await readTagged(bench, repository, ref)) === commit) return { evidence };
  const wanted = await makeTag(mirror, tag, commit, `${subject.package} ${subject.version}`);
  const outcome = await updateOrFail(mirror, [{ ref, expected: undefined, wanted }]);
  const found = outcome.state === 'done' ? commit : await readTagged(bench, repository, ref);
  if (found === commit) return { evidence };
  throw failure('integrity', {
    now: `The tag ${tag} is on ${found ?? 'nothing'}.`,
    not: `It is not on ${commit}, from which ${subject.package} ${subject.version} was built; a tag is never moved.`,
    next: `Find out who set it. Delete it on the remote if it is wrong and send \`retry\` (${keptRef(subject, subject.version, commit)} keeps the commit).`,
  });
}

async function readTagged(bench: Workbench, address: string, ref: string): Promise<string | undefined> {
  const refs = await listRemote({ bench, address }, [ref]);
  return refs.get(`${ref}^{}`) ?? refs.get(ref);
}

/** Deletes the branch if it still stands where the release left it; anything else keeps it and says why. */
export async function ensureBranchDeleted(
  openForge: OpenForge,
  { repository, branch, expected }: Parameters<PublishParts['ensureBranchDeleted']>[0],
): ReturnType<PublishParts['ensureBranchDeleted']> {
  const outcome = await openForge(repository).ensureBranchDeleted(branch, expected);
  if (outcome.state === 'done')
    return { deleted: true, evidence: { what: `the branch ${branch} is gone (it stood at ${expected})` } };
  const why =
    outcome.state === 'refused'
      ? `${repository} refuses to delete it: ${outcome.why}`
      : `it stands at ${short(outcome.found ?? '')} and not at ${short(expected)}, so somebody has pushed to it`;
  return { deleted: false, evidence: { what: `the branch ${branch} was kept: ${why}` } };
}
