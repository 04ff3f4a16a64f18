import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { root } from '../../tools/paths.mjs';
import { bundleWorkflows } from '../../tools/workflow-bundle.mjs';

/** A change of a file of the workflows: these words, which stand there once, become others. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The workflows of this checkout with changes, bundled as the worker runs them. */
export async function changedBundle(...changes: readonly Change[]): Promise<{ code: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-bundle-'));
  try {
    for (const layer of ['contract', 'workflows'])
      await cp(path.join(root, 'src', layer), path.join(folder, 'src', layer), { recursive: true });
    for (const name of ['node_modules', 'package.json', 'tsconfig.json'])
      await symlink(path.join(root, name), path.join(folder, name));
    for (const change of changes) await apply(path.join(folder, 'src', 'workflows', change.file), change);
    return { code: await bundleWorkflows(path.join(folder, 'src', 'workflows', 'index.ts')) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function apply(place: string, { file, from, to }: Change): Promise<void> {
  const parts = (await readFile(place, 'utf8')).split(from);
  if (parts.length !== 2)
    throw new Error(`${file} says ${String(parts.length - 1)} times, not once: ${from}`);
  await writeFile(place, parts.join(to));
}
