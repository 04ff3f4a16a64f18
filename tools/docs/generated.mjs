import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';
import { matrix, testsOfRows } from '../rows.mjs';

/**
 * What of a JSON schema the reference of a file needs.
 * @typedef {object} Shape
 * @property {string | string[]} [type]
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {unknown[]} [enum]
 * @property {unknown} [const]
 * @property {Shape[]} [anyOf]
 * @property {Shape} [items]
 * @property {Record<string, Shape>} [properties]
 * @property {Shape | boolean} [additionalProperties]
 * @property {string[]} [required]
 */

/**
 * The tables of the code that the docs show.
 * @typedef {object} Tables
 * @property {typeof import('../../src/contract/steps.js').steps} steps
 * @property {typeof import('../../src/contract/messages.js').messageHelp} messageHelp
 * @property {typeof import('../../src/contract/gates.js').gateIds} gateIds
 * @property {Shape} settings
 * @property {Shape} packageTable
 * @property {Record<string, object>} answers JSON Schemas by the names of what they describe
 * @property {typeof import('../../src/client/failures.js').exitCodeHelp} exitCodeHelp
 * @property {object} evidence the JSON schema of a release's evidence
 */

/** The tables, as one module; a default that is read as something else is shown as people write it. */
const tables = `
import { z } from 'zod';
import { formatDuration } from './src/contract/duration.ts';
import { answers as answerShapes } from './src/client/answers.ts';
import { codecovTable } from './src/config/codecov.ts';
import { packageTable as packageSchema } from './src/config/package-schema.ts';
import { evidenceJsonSchema } from './src/evidence/schema.ts';
import { settingsShape, settingsTable } from './src/config/settings-schema.ts';
export { steps } from './src/contract/steps.ts';
export { messageHelp } from './src/contract/messages.ts';
export { gateIds } from './src/contract/gates.ts';
export { exitCodeHelp } from './src/client/failures.ts';
export const answers = Object.fromEntries(
  Object.entries(answerShapes).map(([name, shape]) => [name, z.toJSONSchema(shape, { io: 'input' })]),
);
export const packageTable = z.toJSONSchema(packageSchema, { io: 'input' });
export const settings = z.toJSONSchema(settingsTable, { io: 'input' });
export const evidence = evidenceJsonSchema();
settings.properties.watch.default = formatDuration(settingsShape.watch.parse(undefined));
settings.properties['self-approval-delay'].default = formatDuration(settingsShape['self-approval-delay'].parse(undefined));
settings.properties['approve-within'].properties.production.default = formatDuration(settingsShape['approve-within'].parse(undefined).production);
settings.properties.yank.properties.limit.default = formatDuration(settingsShape.yank.parse(undefined).limit);
settings.properties.codecov.properties.wait.default = formatDuration(codecovTable.shape.wait.parse(undefined));
`;

/** @returns {Promise<Tables>} */
export async function loadTables() {
  // Loaded late: the packages may not be installed when this module is.
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    stdin: { contents: tables, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'warning',
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  /** @type {Tables} */
  const loaded = await import(`data:text/javascript;base64,${code}`);
  return loaded;
}

/**
 * The generated sections by their names, in Markdown.
 * @param {Tables} tables
 * @returns {Map<string, string>}
 */
export function renderSections({ steps, messageHelp, settings, packageTable, answers, exitCodeHelp }) {
  return new Map([
    ['steps', stepTable(steps)],
    ['messages', messageTable(messageHelp)],
    ['settings', reference(settings, 'slipway.toml', [])],
    [
      'exit-codes',
      table(
        ['Code', 'Meaning'],
        exitCodeHelp.map(([code, meaning]) => [String(code), meaning]),
      ),
    ],
    ['answers', answerTable(answers)],
    ['package', reference(packageTable, '[tool.slipway]', ['tool', 'slipway'])],
    ['faults', faultTable()],
  ]);
}

/** @param {readonly import('../../src/contract/steps.js').StepDescription[]} steps */
function stepTable(steps) {
  const rows = steps.map(({ id, title, doneWhen, asks }, index) => [
    String(index + 1),
    `[${title}](../src/workflows/steps/${id}.ts)`,
    doneWhen,
    asks ?? '',
  ]);
  return table(['#', 'Step', 'Done when', 'Asks people to'], rows);
}

/** The matrix of faults with the tests that play them, and what came of it when `npm run chaos -- --record` was run last. */
function faultTable() {
  const file = join(root, 'test', 'chaos', 'results.json');
  /** @type {{ rows?: { row: number, state: string, why?: string }[], lines?: string[] }} */
  const { rows: outcomes = [], lines = [] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const tests = testsOfRows();
  const rows = matrix.map(({ row, fault, injected, holds }) => {
    const { state = 'not played', why } = outcomes.find((outcome) => outcome.row === row) ?? {};
    const played = tests
      .filter((test) => test.row === row)
      .map(({ title, file: name, line }) => `[${title}](../${name}#L${line})`);
    return [
      String(row),
      fault,
      injected,
      holds,
      played.join('<br>'),
      why === undefined ? state : `${state}: ${why}`,
    ];
  });
  const recorded =
    lines.length === 0 ? '' : `What was recorded last:\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n\n`;
  return `${recorded}${table(['Row', 'Fault', 'How injected', 'Must hold', 'Played by', 'Last result'], rows)}`;
}

/** @param {Readonly<Record<string, string>>} messageHelp */
function messageTable(messageHelp) {
  const rows = Object.entries(messageHelp).map(([kind, help]) => {
    const [, before = help, input = '', after = ''] = /^(.*?) Input: (\{.*?\})\.\s*(.*)$/.exec(help) ?? [];
    return [`\`${kind}\``, `${before} ${after}`.trim(), `\`${input}\``];
  });
  return table(['Message', 'What it means', 'Input'], rows);
}

/** @param {Record<string, object>} answers */
function answerTable(answers) {
  const rows = Object.entries(answers).map(([name, schema]) => [
    'description' in schema ? String(schema.description) : '',
    `[${name}](schemas/${name}.schema.json)`,
  ]);
  return table(['What prints it', 'Schema'], rows);
}

/**
 * The reference of one table of a file and of the tables in it.
 * @param {Shape} shape
 * @param {string} title
 * @param {readonly string[]} path keys from the top of the file
 * @returns {string}
 */
function reference(shape, title, path) {
  const entries = Object.entries(shape.properties ?? {});
  const keys = entries.filter(([, value]) => tableIn(value) === undefined);
  const rows = keys.map(([key, value]) => [
    `\`${key}\``,
    kindOf(value),
    shape.required?.includes(key) ? 'must be given' : defaultOf(value),
    value.description ?? '',
  ]);
  const inner = entries.flatMap(([key, value]) => {
    const found = tableIn(value);
    if (found === undefined) return [];
    const below = [...path, key, ...found.names];
    return [reference(found.shape, `[${below.join('.')}]`, below), ...withoutOne(value, [...path, key])];
  });
  return [`### \`${title}\``, table(['Key', 'Value', 'Default', 'Meaning'], rows), ...inner].join('\n\n');
}

/**
 * The table that a key stands for, or that each of its names stands for.
 * @param {Shape} shape
 * @returns {{ shape: Shape, names: string[] } | undefined}
 */
function tableIn(shape) {
  if (shape.properties !== undefined) return { shape, names: [] };
  const each = shape.additionalProperties;
  return typeof each === 'object' && each.properties !== undefined
    ? { shape: each, names: ['<name>'] }
    : undefined;
}

/**
 * What holds where no table of a kind is there.
 * @param {Shape} shape
 * @param {readonly string[]} path
 * @returns {string[]}
 */
function withoutOne(shape, path) {
  const tables = /** @type {Record<string, Record<string, object>>} */ (shape.default ?? {});
  return Object.entries(tables).map(([name, keys]) => {
    const set = Object.entries(keys).filter(([, value]) => !isEmpty(value));
    const said = set.map(([key, value]) => `\`${key} = ${JSON.stringify(value)}\``).join(' and ');
    return `Where there is none, it is \`[${[...path, name].join('.')}]\` with ${said === '' ? 'nothing set' : said}.`;
  });
}

const kinds = new Map([
  ['string', 'text'],
  ['boolean', 'true or false'],
  ['integer', 'whole number'],
  ['object', 'table of texts'],
  ['number,string', 'duration or seconds'],
]);

/**
 * @param {Shape} shape
 * @returns {string}
 */
function kindOf({ type, items, enum: values, const: only, anyOf }) {
  if (anyOf !== undefined) return anyOf.map(kindOf).join(' or ');
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(' or ');
  if (type === 'array') return items?.enum === undefined ? 'list of texts' : `list of ${kindOf(items)}`;
  return kinds.get(String(type)) ?? String(type);
}

/** @param {Shape} shape */
function defaultOf({ default: value }) {
  if (value === undefined) return '';
  return isEmpty(value) ? 'empty' : `\`${JSON.stringify(value)}\``;
}

/** @param {unknown} value */
function isEmpty(value) {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
