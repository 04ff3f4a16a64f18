import type { Manifest } from '../../src/contract/release.js';

/** A text as something like a digest. */
export const hex = (text: string) => Buffer.from(text).toString('hex').padEnd(40, '0').slice(0, 40);

/** The files of a version in the modelled world. */
export function manifestOf(name: string, version: string, commit: string): Manifest {
  const files = [`${name}-${version}-py3-none-any.whl`, `${name}-${version}.tar.gz`];
  return {
    package: name,
    version,
    commit,
    toolchain: 'tools',
    files: files.map((filename, at) => ({
      filename,
      sha256: hex(filename).padEnd(64, 'f'),
      size: 1,
      kind: at === 0 ? ('wheel' as const) : ('sdist' as const),
    })),
  };
}
