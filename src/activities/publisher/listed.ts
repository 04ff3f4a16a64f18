import type { Artifact, IndexAddress, Manifest } from '../../contract/release.js';
import { otherBytes, readProject } from '../support/project-page.js';
import type { Network } from '../support/network.js';

/** Those of a version's files that the index does not list with our bytes; other bytes under a name are an integrity failure. */
export async function missingOn(
  network: Network,
  index: IndexAddress,
  manifest: Manifest,
  artifacts: readonly Artifact[] = manifest.files,
): Promise<Artifact[]> {
  const { files } = await readProject(network, index, manifest.package);
  return artifacts.filter(({ filename, sha256 }) => {
    const found = files.find((file) => file.filename === filename);
    if (found !== undefined && found.sha256 !== sha256)
      throw otherBytes(index, filename, found.sha256, sha256);
    return found === undefined;
  });
}

/** What is said of a file that need not be sent. */
export function heldAlready(index: IndexAddress, { filename }: Artifact): string {
  return `${index.name} had ${filename} already, with our sha256`;
}
