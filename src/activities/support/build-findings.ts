import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { readPyproject } from '../../config/pyproject.js';
import { normaliseName } from '../../contract/version.js';
import { finding, type Finding } from '../../contract/verdict.js';
import type { Inspection } from './distribution.js';
import { sameVersion } from './project-page.js';

/** What was to be built, and the checkout that it was built from. */
export interface Expected {
  readonly package: string;
  readonly version: string;
  readonly folder: string;
  /** The files of the checkout. */
  readonly files: readonly string[];
}

/** Everything that is wrong with the files of one build. */
export async function distributionFindings(
  built: readonly Inspection[],
  expected: Expected,
): Promise<Finding[]> {
  return [
    ...shapeFindings(built),
    ...built.flatMap((inspection) => identityFindings(inspection, expected)),
    ...(await descriptionFindings(built, expected)),
    ...built.flatMap(({ filename, problems }) =>
      problems.length === 0
        ? []
        : [finding(`${filename} must not be published as it is`, problems.join('\n'))],
    ),
  ];
}

function shapeFindings(built: readonly Inspection[]): Finding[] {
  const wheels = built.filter(({ kind }) => kind === 'wheel');
  const sdists = built.filter(({ kind }) => kind === 'sdist');
  const pure = wheels.filter(
    ({ tags, pure }) => pure && tags.length > 0 && tags.every((tag) => tag.endsWith('-none-any')),
  );
  if (sdists.length === 1 && wheels.length === 1 && pure.length === 1) return [];
  const names = built.map(({ filename }) => filename).join(' and ');
  return [
    finding(
      `The build made ${names}: this service releases packages of exactly one sdist and one pure wheel (py3-none-any)`,
    ),
  ];
}

function identityFindings({ filename, name, version }: Inspection, expected: Expected): Finding[] {
  const right = normaliseName(name) === expected.package && sameVersion(version, expected.version);
  if (right) return [];
  const found = name === '' ? 'holds no metadata' : `says it is ${name} ${version}`;
  return [finding(`${filename} ${found}, but ${expected.package} ${expected.version} is to be released`)];
}

async function descriptionFindings(built: readonly Inspection[], expected: Expected): Promise<Finding[]> {
  const empty = built.filter(({ describes }) => !describes).map(({ filename }) => filename);
  if (empty.length > 0)
    return [finding(`The description is empty in ${empty.join(' and ')}: ${await whyEmpty(expected)}`)];
  const untyped = built.filter(({ contentType }) => contentType === '').map(({ filename }) => filename);
  return untyped.length === 0
    ? []
    : [
        finding(
          `The description has no content type in ${untyped.join(' and ')}`,
          'Name a README.md or README.rst under readme.',
        ),
      ];
}

const readmeShape = z.union([z.string(), z.object({ file: z.string() }).transform(({ file }) => file)]);

async function whyEmpty({ folder, files }: Expected): Promise<string> {
  const read = readPyproject(await readFile(path.join(folder, 'pyproject.toml'), 'utf8'));
  const named = readmeShape.safeParse('project' in read ? read.project.readme : undefined);
  if (!named.success) return 'pyproject.toml names no readme, so add readme = "README.md" under [project]';
  const file = named.data;
  if (files.includes(file)) return `${file}, which pyproject.toml names as readme, is empty`;
  const other = files.find((candidate) => candidate.toLowerCase() === file.toLowerCase());
  const hint = other === undefined ? '' : ` (other letter case: ${other})`;
  return `${file} named in pyproject.toml is missing${hint}`;
}
