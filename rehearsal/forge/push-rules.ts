import type { Permission, Protection } from './contract.js';
import { isBound, isRuleset, protectionOf, unmetChecks, violations } from './demands.js';
import { pageOf } from './documents.js';
import type { Repository, Site } from './site.js';

/** What a push asks for one ref; null is "not there". */
export interface RefCommand {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Who pushes where. */
export interface Pushing {
  readonly site: Site;
  readonly repository: Repository;
  readonly permission: Permission;
}

/** Why the API does not change a protected branch so; undefined where it does. */
export function refRefusal(pushing: Pushing, command: RefCommand): string | undefined {
  const protection = bindingOn(pushing, command);
  const why = complaints(pushing.repository, protection, command);
  if (protection === undefined || why.length === 0) return undefined;
  return isRuleset(protection) ? violations(why) : why.join(' ');
}

/** What git's client is told of a push that is refused, line by line; nothing where it is not. */
export function pushRefusal(pushing: Pushing, command: RefCommand): string[] {
  const protection = bindingOn(pushing, command);
  return said(pushing, protection, command, complaints(pushing.repository, protection, command));
}

/** What git's client is told where a push would rewrite a branch whose history may only grow; nothing where it may. */
export function rewriteRefusal(pushing: Pushing, command: RefCommand): string[] {
  const protection = bindingOn(pushing, command);
  const why = protection?.allowForcePushes === true ? [] : ['Cannot force-push to this branch'];
  return said(pushing, protection, command, why);
}

/** The reason that git's client shows beside the ref. */
export function declined(repository: Repository, ref: string): string {
  const protection = protectionOf(repository, branchOf(ref) ?? '');
  return protection !== undefined && isRuleset(protection)
    ? 'push declined due to repository rule violations'
    : 'protected branch hook declined';
}

function branchOf(ref: string): string | undefined {
  return /^refs\/heads\/(.+)$/.exec(ref)?.[1];
}

/** What binds whoever changes a ref that is there. */
function bindingOn({ repository, permission }: Pushing, { ref, from }: RefCommand): Protection | undefined {
  const branch = branchOf(ref);
  const protection = branch === undefined || from === null ? undefined : protectionOf(repository, branch);
  return protection !== undefined && isBound(protection, permission) ? protection : undefined;
}

function complaints(
  repository: Repository,
  protection: Protection | undefined,
  { to }: RefCommand,
): string[] {
  if (protection === undefined) return [];
  if (to === null) return protection.allowDeletions === true ? [] : ['Cannot delete this branch'];
  const isByPull = protection.requiredApprovals !== undefined;
  return [
    ...(isByPull ? ['Changes must be made through a pull request.'] : []),
    ...unmetChecks(repository, protection, to, false),
  ];
}

function said(
  { site, repository }: Pushing,
  protection: Protection | undefined,
  { ref }: RefCommand,
  why: readonly string[],
): string[] {
  if (protection === undefined || why.length === 0) return [];
  const lines = why.flatMap((it) => ['', `- ${it}`]);
  if (!isRuleset(protection)) return [`error: GH006: Protected branch update failed for ${ref}.`, ...lines];
  const rules = `${pageOf(site, repository)}/rules?ref=${encodeURIComponent(ref)}`;
  const first = `error: GH013: Repository rule violations found for ${ref}.`;
  return [first, `Review all repository rules at ${rules}`, ...lines, ''];
}
