import { mkdir, writeFile } from 'node:fs/promises';

import type { IndexAddress, Manifest, Artifact } from '../../contract/release.js';
import type { Origin } from '../../contract/activities.js';
import { failure } from '../../contract/failures.js';
import type { PythonEnvironment } from './environment.js';
import { uvIndex, type Network } from './network.js';
import { otherBytes, readProject } from './project-page.js';
import { runKept, tool, type Workbench } from './workbench.js';
import type { Workplace } from './workplace.js';

/** The one wheel of a manifest. */
export function wheelOf(manifest: Manifest): Artifact {
  const wheel = manifest.files.find(({ kind }) => kind === 'wheel');
  if (wheel === undefined)
    throw failure('integrity', {
      now: `The manifest of ${manifest.package} ${manifest.version} holds no wheel.`,
      not: 'Nothing can be installed from it.',
      next: 'Send `abort`, and start the release again.',
    });
  return wheel;
}

/** Installs exactly our wheel, without dependencies, from where it comes from; uv refuses any other bytes. */
export async function installOwnWheel(
  bench: Workbench,
  place: Workplace,
  environment: PythonEnvironment,
  { manifest, origin }: { readonly manifest: Manifest; readonly origin: Origin },
): Promise<void> {
  const wheel = wheelOf(manifest);
  const requirement =
    'store' in origin ? await keptWheel(bench, place, wheel) : `${manifest.package}==${manifest.version}`;
  const list = place.at('own-wheel.txt');
  await writeFile(list, `${requirement} --hash=sha256:${wheel.sha256}\n`);
  const source = 'index' in origin ? uvIndex(bench, origin.index) : { UV_NO_INDEX: '1' };
  const options = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--link-mode', 'clone'];
  const result = await runKept(
    bench,
    [
      tool(bench, 'uv'),
      'pip',
      'install',
      '--python',
      environment.python,
      '--refresh',
      ...options,
      '-r',
      list,
    ],
    { cwd: place.folder, env: { ...place.env, ...source }, timeoutSeconds: 600 },
  );
  if (result.exitCode === 0) return;
  if ('index' in origin) await proveListed(bench, origin.index, manifest, wheel);
  throw new Error(`${wheel.filename} could not be installed: ${result.output.trim().slice(-1000)}`);
}

async function keptWheel(bench: Workbench, place: Workplace, wheel: Artifact): Promise<string> {
  const folder = place.at('kept');
  await mkdir(folder, { recursive: true });
  const file = place.at('kept', wheel.filename);
  await writeFile(file, await bench.store.get(wheel.sha256));
  return file;
}

/** What an index lists of a wheel; a file of other bytes is an integrity failure, none an error to be tried again. */
export async function proveListed(
  network: Network,
  index: IndexAddress,
  manifest: Manifest,
  wheel: Artifact,
): Promise<{ url: string }> {
  const { files } = await readProject(network, index, manifest.package);
  const found = files.find(({ filename }) => filename === wheel.filename);
  if (found === undefined) throw new Error(`${index.name} does not list ${wheel.filename}`);
  if (found.sha256 !== wheel.sha256) throw otherBytes(index, wheel.filename, found.sha256, wheel.sha256);
  return found;
}
