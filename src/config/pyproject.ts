import { parse, type TomlTable } from 'smol-toml';
import { z } from 'zod';

import { describeIssues } from './problems.js';
import { packageShape, packageTable, projectShape, type PackageTable } from './package-schema.js';
import { readableKeys } from './schema.js';

const file = 'pyproject.toml';
const projectTable = z.looseObject(projectShape, {
  error:
    'is missing: write name, version and the rest of the metadata into [project], from setup.py, setup.cfg or [tool.poetry] where they stand now',
});

/** What the service reads in a pyproject.toml. */
export interface Pyproject {
  readonly project: z.output<typeof projectTable>;
  /** Everything as it stands there. */
  readonly raw: TomlTable;
  /** `[tool.slipway]`; a key that is wrong has its default here and stands in `wrong`. */
  readonly slipway: PackageTable;
  readonly wrong: readonly string[];
  readonly problems: readonly string[];
}

/** Reads a pyproject.toml; without a readable `[project]` there are only problems. */
export function readPyproject(content: string): Pyproject | { readonly problems: string[] } {
  let raw: TomlTable;
  try {
    raw = parse(content);
  } catch (error) {
    return { problems: [`${file} is not TOML: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const project = projectTable.safeParse(raw.project);
  const slipway = readSlipway(raw);
  if (!project.success)
    return { problems: [...describeIssues(file, project.error, ['project']), ...slipway.problems] };
  return { project: project.data, raw, ...slipway };
}

function readSlipway(raw: TomlTable): Pick<Pyproject, 'slipway' | 'wrong' | 'problems'> {
  const tool = raw.tool as TomlTable | undefined;
  const own = tool?.slipway ?? {};
  const result = packageTable.safeParse(own);
  if (result.success) return { slipway: result.data, wrong: [], problems: [] };
  const readable =
    typeof own === 'object' && !Array.isArray(own) ? readableKeys(packageShape, own as TomlTable) : {};
  return {
    slipway: { ...packageTable.parse({}), ...readable },
    wrong: result.error.issues.map((issue) => String(issue.path[0])),
    problems: describeIssues(file, result.error, ['tool', 'slipway']),
  };
}
