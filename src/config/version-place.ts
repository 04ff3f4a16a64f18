import { isDeepStrictEqual } from 'node:util';

import { parse, type TomlTable } from 'smol-toml';

import { ConfigurationError } from './problems.js';

/** Where a version stands in a file's text: characters from `start` up to `end`. */
export interface VersionPlace {
  readonly version: string;
  readonly start: number;
  readonly end: number;
}

const python = /^(__version__[ \t]*(?::[^=\n]+)?=[ \t]*(["']))([^"'\\\r\n]+)\2/gm;
const tomlVersion = /^([ \t]*version[ \t]*=[ \t]*(["']))([^"'\\\r\n]+)\2/gm;

/** The places of a literal version in a version file: `[project] version` in a .toml file, `__version__ = "…"` elsewhere. */
export function versionPlaces(file: string, content: string): VersionPlace[] {
  if (!file.endsWith('.toml')) return places(python, content, 0, content.length);
  const table = /^[ \t]*\[[ \t]*project[ \t]*\][^\r\n]*$/m.exec(content);
  if (table === null) return [];
  const start = table.index + table[0].length;
  const next = /^[ \t]*\[/m.exec(content.slice(start));
  return places(tomlVersion, content, start, next === null ? content.length : start + next.index);
}

function places(pattern: RegExp, content: string, from: number, to: number): VersionPlace[] {
  return [...content.slice(from, to).matchAll(pattern)].map((match) => {
    const start = from + match.index + (match[1] ?? '').length;
    const version = match[3] ?? '';
    return { version, start, end: start + version.length };
  });
}

/** The one version that stands in a version file, or a ConfigurationError that says what to write. */
export function readVersion(file: string, content: string): string {
  return onePlace(file, content).version;
}

function onePlace(file: string, content: string): VersionPlace {
  const [place, ...others] = versionPlaces(file, content);
  const form = file.endsWith('.toml')
    ? 'version = "…" under [project]'
    : '__version__ = "…" at the start of a line';
  if (place === undefined) throw new ConfigurationError([`${file} holds no version: write ${form}`]);
  if (others.length > 0)
    throw new ConfigurationError([`${file} holds ${String(others.length + 1)} versions: leave one ${form}`]);
  return place;
}

/** The file's text with another version in it; proves by reading again that nothing else changed. */
export function writeVersion(file: string, content: string, version: string): string {
  const place = onePlace(file, content);
  const changed = content.slice(0, place.start) + version + content.slice(place.end);
  if (
    readVersion(file, changed) !== version ||
    (file.endsWith('.toml') && !onlyVersionDiffers(content, changed, version))
  )
    throw new ConfigurationError([
      `${file}: the version could not be changed alone: write it as version = "…" on a line of its own under [project]`,
    ]);
  return changed;
}

function onlyVersionDiffers(before: string, after: string, version: string): boolean {
  const expected: TomlTable = parse(before);
  const project = expected.project;
  if (typeof project !== 'object' || Array.isArray(project) || !('version' in project)) return false;
  Object.assign(project, { version });
  return isDeepStrictEqual(expected, parse(after));
}
