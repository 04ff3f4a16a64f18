import { clean, compare, explain } from '@renovatebot/pep440';

/** The project name as PEP 503 normalises it. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** The project name as it stands at the start of a normalised filename. */
export function filenameStem(name: string): string {
  return normalizeName(name).replaceAll('-', '_');
}

/** The version in its normal form, or null when it is not PEP 440. */
export function normalizeVersion(version: string): string | null {
  return clean(version);
}

/** One key for all spellings of a version, so that `1.0` and `1.0.0` are the same release. */
export function releaseKey(version: string): string {
  const [, epoch = '', release = '', rest = ''] =
    /^(\d+!)?(\d+(?:\.\d+)*)(.*)$/.exec(clean(version) ?? version) ?? [];
  return epoch + release.replace(/(?:\.0)+$/, '') + rest;
}

/** Whether the version names a pre-release or a development release. */
export function isPrerelease(version: string): boolean {
  return explain(version)?.is_prerelease ?? false;
}

/** Orders normal versions from old to new. */
export function byVersion(one: string, other: string): number {
  return compare(one, other);
}

/** The text as Python's `repr` writes it, because the index's messages quote that way. */
export function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${mark}${mark === "'" ? escaped.replaceAll("'", "\\'") : escaped}${mark}`;
}

/** What a wheel's filename says, or why it is none. */
export type WheelFilename =
  | { readonly distribution: string; readonly version: string; readonly platforms: readonly string[] }
  | { readonly problem: string };

const WHEEL = /^([\w.]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-([^-]+)\.whl$/;

/** Reads a wheel's filename as the index does. */
export function parseWheelFilename(filename: string): WheelFilename {
  const stem = quoted(filename.replace(/\.whl$/, ''));
  const [, distribution, version = '', platforms = ''] = WHEEL.exec(filename) ?? [];
  if (distribution === undefined)
    return { problem: `Invalid wheel filename (wrong number of parts): ${stem}` };
  if (distribution.includes('__')) return { problem: `Invalid project name: ${stem}` };
  const normal = normalizeVersion(version);
  if (normal === null) return { problem: `Invalid wheel filename (invalid version): ${stem}` };
  return { distribution, version: normal, platforms: platforms.split('.') };
}
