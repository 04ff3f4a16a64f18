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
  'issues/create-comment',
  'issues/delete-comment',
  'issues/get-comment',
  'issues/list-comments',
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
  ...['minProperties', 'maxProperties', 'nullable', 'uniqueItems'],
]);

/** @typedef {any} Json */

await runProgram(async () => {
  await stage("GitHub's description", async (log) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-github-'));
    try {
      log(`fetches ${source.package} from npm`);
      await must('npm', ['pack', '--silent', source.package], folder);
      await must('sh', ['-c', `tar -xzf *.tgz package/LICENSE package/${source.file}`], folder);
      log('cuts');
      const whole = JSON.parse(readFileSync(join(folder, 'package', source.file), 'utf8'));
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

/** @param {Json} whole */
function cut(whole) {
  const operations = inUse.map((id) => operation(whole, id));
  /** @type {Map<string, Json>} */
  const schemas = new Map();
  const open = namesIn(operations);
  for (const name of open) {
    schemas.set(name, schema(whole.components.schemas[name]));
    for (const found of namesIn(schemas.get(name))) open.add(found);
  }
  return {
    source: { ...source, licence: 'MIT' },
    operations,
    schemas: Object.fromEntries([...schemas].sort(byName)),
  };
}

/**
 * @param {Json} whole
 * @param {string} id
 */
function operation(whole, id) {
  for (const [path, methods] of Object.entries(whole.paths)) {
    for (const [method, found] of Object.entries(methods)) {
      if (found.operationId !== id) continue;
      const parameters = (found.parameters ?? []).map((/** @type {Json} */ it) =>
        parameter(resolved(whole, it)),
      );
      const answers = Object.entries(found.responses).map(([status, it]) => [
        status,
        content(resolved(whole, it)),
      ]);
      return {
        id,
        method: method.toUpperCase(),
        path,
        parameters,
        ...(found.requestBody ? { body: content(found.requestBody) } : {}),
        answers: Object.fromEntries(answers),
      };
    }
  }
  throw new Problem(
    `${source.package} has no operation ${id}: mend the list in tools/github-description.mjs.`,
  );
}

/** @param {Json} it */
function parameter(it) {
  return { name: it.name, in: it.in, required: it.required === true, schema: schema(it.schema) };
}

/**
 * The schema of a JSON body; true stands for a body of any other kind, false for none.
 * @param {Json} it
 */
function content(it) {
  const json = Object.entries(it.content ?? {}).find(([type]) =>
    /^application\/(.*\+)?json$/.test(type),
  )?.[1];
  return json?.schema ? schema(json.schema) : it.content !== undefined;
}

/**
 * @param {Json} whole
 * @param {Json} it
 */
function resolved(whole, it) {
  if (it.$ref === undefined) return it;
  const [, kind, name] = /^#\/components\/(\w+)\/(.+)$/.exec(it.$ref) ?? [];
  return whole.components[kind ?? ''][name ?? ''];
}

/**
 * A schema of OpenAPI 3.0 as plain JSON Schema without its prose.
 * @param {Json} it
 * @returns {Json}
 */
function schema(it) {
  if (typeof it !== 'object') return it;
  /** @type {Json} */
  const kept = {};
  for (const [key, value] of Object.entries(it)) {
    if (!telling.has(key) || key === 'nullable') continue;
    if (key === '$ref') kept.$ref = value.replace('#/components/schemas/', '#/schemas/');
    else if (key === 'properties') kept.properties = mapped(value);
    else if (['allOf', 'anyOf', 'oneOf'].includes(key)) kept[key] = value.map(schema);
    else if (['items', 'not', 'additionalProperties'].includes(key)) kept[key] = schema(value);
    else kept[key] = value;
  }
  return it.nullable === true ? orNull(kept) : kept;
}

/** @param {Json} kept */
function orNull(kept) {
  if (kept.type === undefined || kept.allOf || kept.anyOf || kept.oneOf)
    return { anyOf: [{ type: 'null' }, kept] };
  if (kept.enum !== undefined) kept.enum = [...new Set([...kept.enum, null])];
  return { ...kept, type: [kept.type, 'null'] };
}

/** @param {Json} properties */
function mapped(properties) {
  return Object.fromEntries(Object.entries(properties).map(([name, it]) => [name, schema(it)]));
}

/**
 * @param {Json} value
 * @returns {Set<string>}
 */
function namesIn(value) {
  return new Set([...JSON.stringify(value).matchAll(/"#\/schemas\/([^"]+)"/g)].map(([, name = '']) => name));
}

/**
 * @param {[string, Json]} a
 * @param {[string, Json]} b
 */
function byName([a], [b]) {
  return a < b ? -1 : 1;
}

/**
 * One line for each operation and schema, so that a new cut shows what has changed.
 * @param {Json} description
 */
function written({ source: from, operations, schemas }) {
  const lines = operations.map((/** @type {Json} */ it) => `    ${JSON.stringify(it)}`);
  const named = Object.entries(schemas).map(
    ([name, it]) => `    ${JSON.stringify(name)}: ${JSON.stringify(it)}`,
  );
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
