import { z } from 'zod';

import { normaliseName } from '../contract/version.js';

const usualNames = ['test', 'tests', 'testing', 'dev'];

const groupTable = z.record(
  z.string(),
  z.array(z.union([z.string(), z.strictObject({ 'include-group': z.string() })])),
);
type Groups = z.output<typeof groupTable>;

/** What a pyproject.toml says about requirements. */
export interface Requirements {
  readonly name: string;
  /** `[dependency-groups]` as it stands in the file. */
  readonly groups: unknown;
  /** `[project.optional-dependencies]`. */
  readonly extras: Readonly<Record<string, readonly string[]>>;
}

/**
 * What tests need beside the package: the first dependency group or extra with a usual name, and pytest.
 * Includes (PEP 735) and the package's own extras are followed; a text is the problem.
 */
export function testRequirements(from: Requirements): string[] | string {
  const groups = groupTable.safeParse(from.groups ?? {});
  if (!groups.success)
    return 'dependency-groups: must hold lists of requirements and { include-group = "…" } after PEP 735';
  const found = usualNames.flatMap((name) => [
    ...(findKey(groups.data, name) === undefined ? [] : [() => expandGroup(groups.data, name, [])]),
    ...(findKey(from.extras, name) === undefined ? [] : [() => expandExtra(from, name, [])]),
  ])[0];
  const listed = found?.() ?? [];
  if (typeof listed === 'string') return listed;
  const hasPytest = listed.some((line) => /^pytest(?![\w.-])/i.test(line));
  return [...new Set(hasPytest ? listed : [...listed, 'pytest'])];
}

function expandGroup(groups: Groups, name: string, path: readonly string[]): string[] | string {
  const key = findKey(groups, name);
  if (key === undefined)
    return `dependency-groups: ${path.at(-1) ?? name} includes the group ${name}, which is not there`;
  if (path.includes(key))
    return `dependency-groups: ${[...path, key].join(' includes ')}: take one of the includes out`;
  return joined(
    (groups[key] ?? []).map((entry) =>
      typeof entry === 'string' ? [entry] : expandGroup(groups, entry['include-group'], [...path, key]),
    ),
  );
}

function expandExtra(from: Requirements, name: string, path: readonly string[]): string[] | string {
  const key = findKey(from.extras, name);
  if (key === undefined || path.includes(key))
    return `project.optional-dependencies: ${[...path, name].join(' wants ')}, which leads nowhere: mend it`;
  return joined(
    (from.extras[key] ?? []).map((line) => {
      const own = /^\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?\s*$/.exec(line);
      if (own?.[1] === undefined || normaliseName(own[1]) !== normaliseName(from.name)) return [line];
      const extras = (own[2] ?? '').split(',').map((extra) => extra.trim());
      return joined(
        extras.filter((extra) => extra !== '').map((extra) => expandExtra(from, extra, [...path, key])),
      );
    }),
  );
}

function findKey(entries: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return Object.keys(entries).find((key) => normaliseName(key) === normaliseName(name));
}

function joined(lists: readonly (string[] | string)[]): string[] | string {
  return lists.find((list) => typeof list === 'string') ?? (lists as readonly string[][]).flat();
}
