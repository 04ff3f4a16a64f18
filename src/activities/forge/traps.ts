import { posix } from 'node:path';

import { LineCounter, parseDocument } from 'yaml';

import type { Sha } from '../../contract/release.js';
import { mirrorWith } from '../support/git/mirror.js';
import { listTree, readText } from '../support/git/objects.js';
import type { Workbench } from '../support/workbench.js';

const publishers =
  /pypa\/gh-action-pypi-publish|\b(twine upload|uv publish|poetry publish|flit publish|hatch publish|pdm publish)\b/;

/** What those publishers are lent, where a script or tox runs them. */
const credentials =
  /\b(TWINE_PASSWORD|UV_PUBLISH_TOKEN|FLIT_PASSWORD|HATCH_INDEX_AUTH|POETRY_PYPI_TOKEN_PYPI|PDM_PUBLISH_PASSWORD)\b/;

/** Workflows in these folders that publish by themselves when the release is tagged: a second uploader, with other bytes. */
export async function readTraps(
  bench: Workbench,
  address: string,
  commit: Sha,
  folders: readonly string[],
): Promise<string[]> {
  const mirror = await mirrorWith(bench, address, commit);
  const workflows = (await listTree(mirror, commit)).filter(
    ({ path }) => folders.includes(posix.dirname(path)) && /\.ya?ml$/.test(path),
  );
  const traps = await Promise.all(
    workflows.map(async (entry) => trapsIn(entry.path, await readText(mirror, entry))),
  );
  return traps.flat();
}

/** Every line of a workflow that publishes, if a tag or a release sets the workflow off. */
export function trapsIn(path: string, text: string): string[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const trigger = releaseTrigger(document.toJS() as unknown);
  if (trigger === undefined) return [];
  const named = linesWith(publishers, text);
  return (named.length > 0 ? named : linesWith(credentials, text)).map(
    ({ line, found }) =>
      `${path}:${String(line)} publishes by itself (${found}) on ${trigger}, and so would upload other bytes beside this release: have it run by hand only (workflow_dispatch), or take it out.`,
  );
}

function linesWith(pattern: RegExp, text: string): { line: number; found: string }[] {
  return text.split('\n').flatMap((line, at) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined || /^\s*#/.test(line) ? [] : [{ line: at + 1, found }];
  });
}

/** What sets a workflow off once the release is tagged or its page is published. */
function releaseTrigger(workflow: unknown): string | undefined {
  const on = field(workflow, 'on');
  const events = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(object(on));
  if (events.includes('release')) return 'a release';
  if (events.includes('create')) return 'a new tag';
  if (!events.includes('push')) return undefined;
  const filters = object(field(on, 'push'));
  // A push filter of branches alone leaves tags out; none at all lets them in.
  const branchesOnly = 'branches' in filters || 'branches-ignore' in filters;
  return 'tags' in filters || 'tags-ignore' in filters || !branchesOnly ? 'a pushed tag' : undefined;
}

function field(value: unknown, name: string): unknown {
  return object(value)[name];
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
