import { versionPlaces } from '../../config/version-place.js';
import { finding, type Finding } from '../../contract/verdict.js';
import type { Inspection } from './distribution.js';

type Entry = Inspection['entries'][number];

/** Every file in which two distributions of the same kind differ by more than their version. */
export function versionOnlyDifferences(
  candidate: Inspection,
  final: Inspection,
  versionFiles: readonly string[],
): Finding[] {
  const before = neutralEntries(candidate, versionFiles);
  const after = neutralEntries(final, versionFiles);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const problems = [candidate, final].flatMap((file) =>
    file.problems.map((problem) => finding(`${file.filename}: ${problem}`)),
  );
  const differences = paths.flatMap((path) => {
    const [one, other] = [before.get(path), after.get(path)];
    if (one === other) return [];
    const readable = path.replace(/^\{version\}/, final.infoFolder);
    if (one === undefined)
      return [finding(`${final.filename} holds ${readable}, which ${candidate.filename} does not`)];
    if (other === undefined)
      return [finding(`${final.filename} lacks ${readable}, which ${candidate.filename} holds`)];
    return [finding(`${readable} differs from the candidate's by more than the version`)];
  });
  return [...problems, ...differences];
}

/** The contents by path, both without the version. */
function neutralEntries(
  { kind, infoFolder, version, entries }: Inspection,
  versionFiles: readonly string[],
): Map<string, string> {
  const neutral = entries.map((entry): [string, string] => {
    const path = entry.path.startsWith(`${infoFolder}/`)
      ? `{version}${entry.path.slice(infoFolder.length)}`
      : entry.path;
    // A wheel's RECORD follows from the rest, and one that does not is among its problems.
    const follows = kind === 'wheel' && path === '{version}/RECORD';
    const content = follows ? 'RECORD' : neutralContent(entry, kind, version, versionFiles);
    return [path, `${content}${entry.executable ? ' executable' : ''}`];
  });
  return new Map(neutral);
}

function neutralContent(
  { path, sha256, text }: Entry,
  kind: Inspection['kind'],
  version: string,
  versionFiles: readonly string[],
): string {
  if (text === undefined) return sha256;
  if (/(^|\/)(METADATA|PKG-INFO)$/.test(path)) return withoutVersionHeader(text, version);
  const file = versionFiles.find((name) => standsFor(path, name, kind));
  return file === undefined ? sha256 : withoutVersionPlaces(file, text, version);
}

/** Whether a path inside a distribution is that of a version file in the repository. */
function standsFor(path: string, versionFile: string, kind: Inspection['kind']): boolean {
  // An sdist keeps the repository's paths below its one folder; a wheel drops leading folders such as src/.
  return kind === 'sdist'
    ? path.slice(path.indexOf('/') + 1) === versionFile
    : path === versionFile || versionFile.endsWith(`/${path}`);
}

function withoutVersionHeader(text: string, version: string): string {
  const end = text.search(/\r?\n\r?\n/);
  const headers = end === -1 ? text : text.slice(0, end);
  const lines = headers
    .split('\n')
    .map((line) => (line.trimEnd() === `Version: ${version}` ? 'Version:' : line));
  return lines.join('\n') + text.slice(headers.length);
}

function withoutVersionPlaces(file: string, text: string, version: string): string {
  return versionPlaces(file, text)
    .filter((place) => place.version === version)
    .reverse()
    .reduce((rest, { start, end }) => `${rest.slice(0, start)}{version}${rest.slice(end)}`, text);
}
