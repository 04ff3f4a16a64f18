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

/** The paths, as both kinds of distribution name them, of everything whose bytes are not the same in both. */
export function differingPaths(before: readonly Inspection[], after: readonly Inspection[]): string[] {
  const contents = new Map(
    before.flatMap((file) => file.entries.map((entry) => [neutralPath(file, entry.path), entry.sha256])),
  );
  const differing = after.flatMap((file) =>
    file.entries.filter((entry) => contents.get(neutralPath(file, entry.path)) !== entry.sha256),
  );
  return [...new Set(differing.map(({ path }) => path.slice(path.indexOf('/') + 1)))];
}

function neutralPath({ infoFolder }: Inspection, path: string): string {
  return path.startsWith(`${infoFolder}/`) ? `{version}${path.slice(infoFolder.length)}` : path;
}

/** The contents by path, both without the version. */
function neutralEntries(inspection: Inspection, versionFiles: readonly string[]): Map<string, string> {
  const { kind, version, entries } = inspection;
  const neutral = entries.map((entry): [string, string] => {
    const path = neutralPath(inspection, entry.path);
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
  return file === undefined ? withoutVersion(text, version) : withoutVersionPlaces(file, text, version);
}

/** A text without the version, however a build spells it: 1.2.0.dev0, or (1, 2, 0, "dev0"). */
function withoutVersion(text: string, version: string): string {
  const [, release = '', ...rest] = /^([\d.]*\d)(?=$|\D)(.*)$/s.exec(version) ?? [];
  const numbers = release.split('.').join(', *');
  const parts = (rest[0] ?? '').match(/[a-z]+\d+/g) ?? [];
  const tuple = [numbers, ...parts.map((part) => `["']${part}["']`)].join(', *');
  const plain = version.replaceAll(/[.+!]/g, '\\$&');
  return text
    .replaceAll(new RegExp(`(?<![\\w.])${plain}(?![\\w.])`, 'g'), '{version}')
    .replaceAll(new RegExp(`\\(${tuple}\\)`, 'g'), '({version})');
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
