import type { PackageConfig } from './package-config.js';

/** What changed from one configuration to another, one line for each key in the spelling of the file. */
export function configChanges(before: PackageConfig, after: PackageConfig): string[] {
  const [was, is] = [flatten(before), flatten(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key) => {
    const [old, now] = [was.get(key), is.get(key)];
    if (old === now) return [];
    if (old === undefined) return [`${key}: added ${now ?? ''}`];
    return [now === undefined ? `${key}: removed, it was ${old}` : `${key}: ${old} → ${now}`];
  });
}

function flatten(value: object, under: readonly string[] = []): Map<string, string> {
  const entries = Object.entries(value).flatMap(([name, item]): [string, string][] => {
    const chosen = under.length > 0 && !(under[0] === 'applications' && under.length === 2);
    const key = [...under, chosen ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)];
    return typeof item === 'object' && item !== null && !Array.isArray(item)
      ? [...flatten(item as object, key)]
      : [[key.join('.'), JSON.stringify(item)]];
  });
  return new Map(entries);
}
