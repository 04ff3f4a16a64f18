import type { Sha } from '../../../contract/release.js';
import { fence } from '../fence.js';
import { git, tail, unreachable } from './command.js';
import { isAncestor, type Mirror } from './mirror.js';
import { checkSha } from './names.js';
import { listRemote } from './remote.js';

/** A change of one ref of the remote: from what it must be now to what it shall be; undefined is "not there". */
export interface RefUpdate {
  readonly ref: string;
  readonly expected: Sha | undefined;
  readonly wanted: Sha | undefined;
}

/** What became of updates, read back from the remote. */
export type UpdateOutcome =
  | { readonly state: 'done' }
  /** A ref is neither where it was expected nor where it is wanted; others may also have gone on from where it was. */
  | { readonly state: 'moved'; readonly ref: string; readonly found: Sha | undefined }
  /** The remote does not allow it; nothing was changed. */
  | { readonly state: 'refused'; readonly why: string };

/**
 * Brings refs of the remote where they shall be, all or none, by compare-and-swap: looks, pushes what is not there yet,
 * looks again. The exit code of git decides nothing. Nothing is ever taken back: a new commit descends from the old one.
 */
export async function updateRefs(mirror: Mirror, updates: readonly RefUpdate[]): Promise<UpdateOutcome> {
  const before = await judge(mirror, updates);
  if (before.state !== 'open') return before;
  for (const { ref, expected, wanted } of before.updates)
    if (expected !== undefined && wanted !== undefined && !(await isAncestor(mirror, expected, wanted)))
      throw new Error(`${wanted} does not descend from ${expected}, so ${ref} is left alone`);
  await fence();
  const push = await git(mirror, pushArguments(mirror.address, before.updates), { gitDir: mirror.folder });
  const after = await judge(mirror, before.updates);
  if (after.state !== 'open') return after;
  const why = refusal(push.output);
  if (why !== undefined) return { state: 'refused', why };
  if (push.exitCode !== 0) throw unreachable(mirror.address, push);
  throw new Error(`a push to ${mirror.address} changed nothing: ${tail(push)}`);
}

type Judgement = UpdateOutcome | { readonly state: 'open'; readonly updates: readonly RefUpdate[] };

async function judge(mirror: Mirror, updates: readonly RefUpdate[]): Promise<Judgement> {
  const refs = await listRemote(
    mirror,
    updates.map(({ ref }) => ref),
  );
  const open = updates.filter(({ ref, wanted }) => refs.get(ref) !== wanted);
  const moved = open.find(({ ref, expected }) => refs.get(ref) !== expected);
  if (moved !== undefined) return { state: 'moved', ref: moved.ref, found: refs.get(moved.ref) };
  return open.length === 0 ? { state: 'done' } : { state: 'open', updates: open };
}

function pushArguments(address: string, updates: readonly RefUpdate[]): string[] {
  const leases = updates.map(
    ({ ref, expected }) => `--force-with-lease=${ref}:${expected === undefined ? '' : checkSha(expected)}`,
  );
  const refspecs = updates.map(({ ref, wanted }) => `${wanted === undefined ? '' : checkSha(wanted)}:${ref}`);
  const together = updates.length > 1 ? ['--atomic'] : [];
  return [
    ...['push', '--porcelain', '--no-verify', '--no-follow-tags', '--no-signed', '--recurse-submodules=no'],
    ...together,
    ...leases,
    ...['--end-of-options', address, ...refspecs],
  ];
}

/** Why the remote does not allow a push, in its own words; undefined where it did not say no. */
function refusal(output: string): string | undefined {
  const line = /^!\t.*\[remote rejected\] \((.*)\)$/m.exec(output)?.[1];
  if (line === undefined || !/hook|protect|den(y|ied)|prohibited|not allowed|permission/i.test(line))
    return undefined;
  const said = [...output.matchAll(/^remote: (.*)$/gm)].map(([, words = '']) => words.trim());
  return [line, ...said.filter((words) => words !== '')].join(': ').slice(0, 500);
}
