import type { Manifest } from '../../contract/release.js';
import type { Candidate } from '../../contract/state.js';
import { build } from '../activities.js';
import type { Desk } from '../desk.js';
import { made, sourceAt } from '../quality.js';

/** Builds one sdist and one wheel from a clean checkout, checks them, and keeps their bytes; `anew` where those are lost. */
export async function buildAndCheck(desk: Desk, candidate: Candidate, anew = false): Promise<Manifest> {
  const { manifest } = desk.accept(
    await build.buildArtifacts({
      source: sourceAt(desk, made(candidate.commit, 'version commit')),
      package: desk.subject.package,
      version: made(candidate.version, 'version'),
      ...(anew && { anew }),
    }),
  );
  candidate.manifest = manifest;
  return manifest;
}
