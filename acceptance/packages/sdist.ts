import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { z } from 'zod';

import { upstreamAddress } from '../../rehearsal/world/upstream.js';
import { cacheFolder } from '../../tools/paths.mjs';

/** A source distribution on PyPI, pinned by its bytes. */
export interface Sdist {
  readonly project: string;
  readonly filename: string;
  readonly sha256: string;
}

const pageShape = z.object({ files: z.array(z.object({ filename: z.string(), url: z.string() })) });

/** Lays the files of a source distribution into a folder as its repository holds them: without what the build added. */
export async function laySdist(sdist: Sdist, folder: string, pythonTools: string): Promise<void> {
  const archive = await fetchSdist(sdist, pythonTools);
  const unpacked = await mkdtemp(path.join(os.tmpdir(), 'slipway-sdist-'));
  try {
    await execa('tar', ['-xzf', archive, '--strip-components=1', '-C', unpacked]);
    const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
    const added = entries.filter(
      ({ name }) => name === 'PKG-INFO' || name === '.git' || name.endsWith('.egg-info'),
    );
    for (const { parentPath, name } of added)
      await rm(path.join(parentPath, name), { recursive: true, force: true });
    await cp(unpacked, folder, { recursive: true, verbatimSymlinks: true });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** The path of the file, fetched once from where pip finds it. */
async function fetchSdist({ project, filename, sha256 }: Sdist, pythonTools: string): Promise<string> {
  const kept = path.join(cacheFolder(), 'sdists', sha256, filename);
  if ((await readFile(kept).then(digestOf, () => undefined)) === sha256) return kept;
  const page = new URL(`${project}/`, await upstreamAddress(pythonTools));
  const listed = pageShape.parse(
    await (await get(page, { accept: 'application/vnd.pypi.simple.v1+json' })).json(),
  );
  const found = listed.files.find((file) => file.filename === filename);
  if (found === undefined) throw new Error(`the index lists no ${filename}`);
  const bytes = Buffer.from(await (await get(new URL(found.url, page))).arrayBuffer());
  if (digestOf(bytes) !== sha256)
    throw new Error(`${filename} has other bytes than it had: sha256 ${digestOf(bytes)}`);
  await mkdir(path.dirname(kept), { recursive: true });
  await writeFile(`${kept}.part`, bytes);
  await rename(`${kept}.part`, kept);
  return kept;
}

async function get(url: URL, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`${url.pathname} of the index answers ${String(response.status)}`);
  return response;
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
