import type { Permission } from './contract.js';
import { protectionOf, unmetChecks } from './demands.js';
import type { Repository } from './site.js';

/** What a push asks for one ref; null is "not there". */
export interface RefCommand {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Why a protected branch may not be changed so, line by line as GitHub says it; undefined where it may. */
export function pushRefusal(
  repository: Repository,
  permission: Permission,
  { ref, from, to }: RefCommand,
): string[] | undefined {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  const protection = branch === undefined ? undefined : protectionOf(repository, branch);
  if (protection === undefined || from === null) return undefined;
  if (permission === 'admin' && protection.enforceAdmins !== true) return undefined;
  const why = [
    ...(to === null && protection.allowDeletions !== true ? ['Cannot delete this branch'] : []),
    ...(to !== null && protection.requiredApprovals !== undefined
      ? ['Changes must be made through a pull request.']
      : []),
    ...(to === null ? [] : unmetChecks(repository, protection, to, false)),
  ];
  if (why.length === 0) return undefined;
  return [
    `error: GH006: Protected branch update failed for ${ref}.`,
    ...why.flatMap((it) => ['', `- ${it}`]),
  ];
}

/** Whether history of a branch may only grow. */
export function isForwardOnly(repository: Repository, permission: Permission, ref: string): boolean {
  const protection = protectionOf(repository, ref.replace(/^refs\/heads\//, ''));
  if (protection === undefined || !ref.startsWith('refs/heads/')) return false;
  return (
    protection.allowForcePushes !== true && (permission !== 'admin' || protection.enforceAdmins === true)
  );
}
