// Makes the cut of GitHub's OpenAPI description that the tests hold requests and answers against:
//   node tools/github-description.mjs
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { lastWords, run } from './run.mjs';

const source = { package: '@octokit/openapi@23.0.2', file: 'generated/api.github.com.json' };
const place = join(root, 'test/github-api');

/** The operations in use, as octokit names them. */
const inUse = [
  'actions/cancel-workflow-run',
  'actions/create-workflow-dispatch',
  'actions/get-workflow-run',
  'actions/list-jobs-for-workflow-run',
  'actions/list-workflow-runs',
  'apps/create-installation-access-token',
  'apps/get-authenticated',
  'apps/get-repo-installation',
  'checks/create',
  'checks/get',
  'checks/list-for-ref',
  'checks/update',
  'git/create-ref',
  'git/delete-ref',
  'git/get-commit',
  'git/get-ref',
  'git/get-tree',
  'git/list-matching-refs',
  'git/update-ref',
  'issues/create',
  'issues/create-comment',
  'issues/delete-comment',
  'issues/get-comment',
  'issues/list-comments',
  'issues/list-for-repo',
  'issues/update-comment',
  'pulls/check-if-merged',
  'pulls/create',
  'pulls/create-review',
  'pulls/dismiss-review',
  'pulls/get',
  'pulls/get-review',
  'pulls/list',
  'pulls/list-reviews',
  'pulls/merge',
  'pulls/update',
  'rate-limit/get',
  'repos/create-commit-status',
  'repos/create-release',
  'repos/delete-release',
  'repos/delete-release-asset',
  'repos/get',
  'repos/get-branch',
  'repos/get-branch-protection',
  'repos/get-branch-rules',
  'repos/get-collaborator-permission-level',
  'repos/get-combined-status-for-ref',
  'repos/get-content',
  'repos/get-latest-release',
  'repos/get-release',
  'repos/get-release-asset',
  'repos/get-release-by-tag',
  'repos/list-branches',
  'repos/list-commit-statuses-for-ref',
  'repos/list-pull-requests-associated-with-commit',
  'repos/list-release-assets',
  'repos/list-releases',
  'repos/update-release',
  'repos/upload-release-asset',
  'users/get-authenticated',
];

/** Keywords of a schema that say what a value must be; the others are prose. */
const telling = new Set([
  ...['$ref', 'type', 'enum', 'required', 'properties', 'additionalProperties', 'items', 'format', 'pattern'],
  ...[
    'allOf',
    'anyOf',
    'oneOf',
    'not',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
  ],
  ...['minProperties', 'maxProperties', 'uniqueItems'],
]);

/**
 * A schema of OpenAPI 3.0, or as plain JSON Schema.
 * @typedef {{
 *   [key: string]: unknown, $ref?: string, type?: string | string[], enum?: unknown[], nullable?: boolean,
 *   properties?: Record<string, Schema>, items?: Schema, not?: Schema, additionalProperties?: Schema | boolean,
 *   allOf?: Schema[], anyOf?: Schema[], oneOf?: Schema[],
 * }} Schema
 * @typedef {{ $ref?: string, name: string, in: string, required?: boolean, schema: Schema }} Parameter
 * @typedef {{ $ref?: string, content?: Record<string, { schema?: Schema }> }} Body
 * @typedef {{
 *   operationId: string, parameters?: Parameter[], requestBody?: Body, responses: Record<string, Body>,
 * }} Operation
 * @typedef {{
 *   paths: Record<string, Record<string, Operation>>,
 *   components: {
 *     schemas: Record<string, Schema>, parameters: Record<string, Parameter>, responses: Record<string, Body>,
 *   },
 * }} Description
 */

await runProgram(async () => {
  await stage("GitHub's description", async (log) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-github-'));
    try {
      log(`fetches ${source.package} from npm`);
      await must('npm', ['pack', '--silent', source.package], folder);
      await must('sh', ['-c', `tar -xzf *.tgz package/LICENSE package/${source.file}`], folder);
      log('cuts');
      const text = readFileSync(join(folder, 'package', source.file), 'utf8');
      const whole = /** @type {Description} */ (JSON.parse(text));
      writeFileSync(join(place, 'description.json'), written(cut(whole)));
      copyFileSync(join(folder, 'package/LICENSE'), join(place, 'description.LICENSE'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
async function must(command, args, cwd) {
  const ended = await run(command, args, { cwd });
  if (ended.code !== 0) throw new Problem(`${command} failed, so there is no new cut: ${lastWords(ended)}`);
}

/** @param {Description} whole */
function cut(whole) {
  const operations = inUse.map((id) => operation(whole, id));
  /** @type {Map<string, Schema>} */
  const schemas = new Map();
  const open = namesIn(operations);
  for (const name of open) {
    const cutOne = schema(whole.components.schemas[name] ?? {});
    schemas.set(name, cutOne);
    for (const found of namesIn(cutOne)) open.add(found);
  }
  const sorted = [...schemas].sort(([a], [b]) => (a < b ? -1 : 1));
  return { source: { ...source, licence: 'MIT' }, operations, schemas: new Map(sorted) };
}

/**
 * @param {Description} whole
 * @param {string} id
 */
function operation({ paths, components }, id) {
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, found] of Object.entries(methods)) {
      if (found.operationId !== id) continue;
      const { parameters = [], requestBody, responses } = found;
      const answers = Object.entries(responses).map(([status, it]) => [
        status,
        content(resolved(components.responses, it)),
      ]);
      return {
        id,
        method: method.toUpperCase(),
        path,
        parameters: parameters.map((it) => parameter(resolved(components.parameters, it))),
        ...(requestBody ? { body: content(requestBody) } : {}),
        answers: /** @type {Record<string, Schema | boolean>} */ (Object.fromEntries(answers)),
      };
    }
  }
  throw new Problem(
    `${source.package} has no operation ${id}: mend the list in tools/github-description.mjs.`,
  );
}

/** @param {Parameter} it */
function parameter(it) {
  return { name: it.name, in: it.in, required: it.required === true, schema: schema(it.schema) };
}

/**
 * The schema of a JSON body; true stands for a body of any other kind, false for none.
 * @param {Body} body
 */
function content({ content: kinds }) {
  const types = Object.keys(kinds ?? {}).filter((type) => /^application\/(.*\+)?json$/.test(type));
  const json = kinds?.[types[0] ?? ''];
  return json?.schema ? schema(json.schema) : kinds !== undefined;
}

/**
 * What a reference into one of the description's tables leads to.
 * @template {{ $ref?: string }} Kind
 * @param {Record<string, Kind>} table
 * @param {Kind} it
 */
function resolved(table, it) {
  const name = it.$ref?.split('/').at(-1);
  return (name === undefined ? undefined : table[name]) ?? it;
}

/**
 * A schema of OpenAPI 3.0 as plain JSON Schema without its prose.
 * @param {Schema} it
 * @returns {Schema}
 */
function schema(it) {
  const { $ref, properties, items, not, additionalProperties, nullable } = it;
  /** @type {Schema} */
  const kept = Object.fromEntries(Object.entries(it).filter(([key]) => telling.has(key)));
  if ($ref !== undefined) kept.$ref = $ref.replace('#/components/schemas/', '#/schemas/');
  if (properties !== undefined) kept.properties = mapped(properties);
  if (items !== undefined) kept.items = schema(items);
  if (not !== undefined) kept.not = schema(not);
  if (typeof additionalProperties === 'object') kept.additionalProperties = schema(additionalProperties);
  for (const key of /** @type {const} */ (['allOf', 'anyOf', 'oneOf'])) {
    const several = it[key];
    if (several !== undefined) kept[key] = several.map(schema);
  }
  return nullable === true ? orNull(kept) : kept;
}

/**
 * @param {Schema} kept
 * @returns {Schema}
 */
function orNull(kept) {
  const { type } = kept;
  if (typeof type !== 'string' || kept.allOf || kept.anyOf || kept.oneOf)
    return { anyOf: [{ type: 'null' }, kept] };
  if (kept.enum !== undefined) kept.enum = [...new Set([...kept.enum, null])];
  return { ...kept, type: [type, 'null'] };
}

/** @param {Record<string, Schema>} properties */
function mapped(properties) {
  return Object.fromEntries(Object.entries(properties).map(([name, it]) => [name, schema(it)]));
}

/**
 * @param {unknown} value
 * @returns {Set<string>}
 */
function namesIn(value) {
  return new Set([...JSON.stringify(value).matchAll(/"#\/schemas\/([^"]+)"/g)].map(([, name = '']) => name));
}

/**
 * One line for each operation and schema, so that a new cut shows what has changed.
 * @param {ReturnType<typeof cut>} description
 */
function written({ source: from, operations, schemas }) {
  const lines = operations.map((it) => `    ${JSON.stringify(it)}`);
  const named = [...schemas].map(([name, it]) => `    ${JSON.stringify(name)}: ${JSON.stringify(it)}`);
  return `{
  "source": ${JSON.stringify(from)},
  "operations": [
${lines.join(',\n')}
  ],
  "schemas": {
${named.join(',\n')}
  }
}
`;
}
