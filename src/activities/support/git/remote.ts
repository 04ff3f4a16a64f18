import type { Sha } from '../../../contract/release.js';
import { git, unreachable, type GitContext } from './command.js';

/** The refs of the remote by their full names; all of them, or those named. Tags come with what they peel to, as `…^{}`. */
export async function listRemote(
  context: GitContext,
  refs: readonly string[] = [],
): Promise<Map<string, Sha>> {
  const result = await git(context, ['ls-remote', '--quiet', '--end-of-options', context.address, ...refs], {
    timeoutSeconds: 60,
  });
  if (result.exitCode !== 0) throw unreachable(context.address, result);
  const lines = result.stdout.split('\n').filter((line) => line !== '');
  const found = lines.map((line): [string, Sha] => [
    line.slice(line.indexOf('\t') + 1),
    line.slice(0, line.indexOf('\t')),
  ]);
  return new Map(
    refs.length === 0 ? found : found.filter(([ref]) => refs.includes(ref.replace(/\^\{\}$/, ''))),
  );
}
