import pep440 from '@renovatebot/pep440';

const { compare, explain } = pep440;

/** A package name normalised after PEP 503. */
export function normaliseName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** What is wrong with a package name, in one sentence, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (!/^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$/i.test(name))
    return `"${name}" is not a package name: letters, digits, ".", "-" and "_", beginning and ending with a letter or digit`;
  if (normaliseName(name) !== name) return `"${name}" is not normalised: write ${normaliseName(name)}`;
  return undefined;
}

/** What is wrong with a version that people want to release, in one sentence, or undefined. */
export function versionProblem(version: string): string | undefined {
  const parts = explain(version);
  if (parts === null)
    return `"${version}" is not a version after PEP 440: write for example 0.2.0 or 1.0.0rc1`;
  if (parts.is_devrelease)
    return `"${version}" is a development version: give the version to release, the service adds .devN itself`;
  if (parts.local !== null) return `"${version}" has a local part (+…), which no index accepts: leave it out`;
  const normal = normaliseVersion(version);
  if (normal !== version) return `"${version}" is not normalised after PEP 440: write ${normal}`;
  return undefined;
}

/** A version's normal form after PEP 440; the input if it is none. */
export function normaliseVersion(version: string): string {
  const parts = explain(version);
  if (parts === null) return version;
  return parts.local === null ? parts.public : `${parts.public}+${parts.local}`;
}

/** The development version X.Y.Z.devN. */
export function devVersion(version: string, number: number): string {
  return `${version}.dev${String(number)}`;
}

/** The lowest N for which X.Y.Z.devN is above every one that is taken. */
export function nextDevNumber(version: string, taken: readonly string[]): number {
  const prefix = `${version}.dev`;
  const numbers = taken
    .filter((other) => other.startsWith(prefix) && /^\d+$/.test(other.slice(prefix.length)))
    .map((other) => Number(other.slice(prefix.length)));
  return numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
}

/** The nearest version above one, on its own line, that is not taken. */
export function nextFreeVersion(version: string, taken: readonly string[]): string {
  const last = /\d+$/.exec(version)?.[0] ?? '';
  const rest = version.slice(0, version.length - last.length);
  for (let number = Number(last) + 1; ; number++) {
    const next = `${rest}${String(number)}`;
    if (!taken.includes(next)) return next;
  }
}

/** Whether a version is final: neither a pre-release nor a development release. */
export function isFinal(version: string): boolean {
  const parts = explain(version);
  return parts !== null && !parts.is_prerelease && !parts.is_devrelease;
}

/** Of lines such as 1 and 1.4 the longest that a version belongs to. */
export function lineOf(version: string, lines: readonly string[]): string | undefined {
  const parts = explain(version);
  if (parts === null || parts.epoch !== 0) return undefined;
  const holds = (line: string) =>
    line.split('.').every((part, at) => Number(part) === (parts.release[at] ?? 0));
  return lines.filter(holds).sort((a, b) => b.split('.').length - a.split('.').length)[0];
}

/**
 * What users ask for who do not pin: the name alone while the version is the newest; below the next one where a later
 * line is newer; for a pre-release no less than itself. Undefined for a pre-release that a later version has replaced.
 */
export function unpinnedRequirement(
  name: string,
  version: string,
  listed: readonly string[],
): string | undefined {
  const rivals = sortVersions(isFinal(version) ? listed.filter(isFinal) : listed);
  const next = rivals.find((other) => compare(other, version) > 0);
  if (isFinal(version)) return next === undefined ? name : `${name}<${next}`;
  if (next === undefined) return `${name}>=${version}`;
  // Below a final version there are none of its own pre-releases.
  return isFinal(next) && compare(baseOf(next), baseOf(version)) === 0
    ? undefined
    : `${name}>=${version},<${next}`;
}

function baseOf(version: string): string {
  return explain(version)?.base_version ?? version;
}

/** Versions in ascending order after PEP 440; what is no version is left out. */
export function sortVersions(versions: readonly string[]): string[] {
  return versions.filter((version) => explain(version) !== null).sort(compare);
}
