import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { loadTables, renderSections } from './docs/generated.mjs';
import { commandProblems, gateProblems, linkProblems, projectDocs } from './docs/references.mjs';
import { root } from './paths.mjs';
import { Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';

/** What `npm run docs` writes: each of these holds sections between markers. */
const generated = ['docs/process.md', 'docs/configuration.md', 'docs/client.md', 'docs/faults.md'];

/** Where the JSON Schemas of what the client prints and writes stand. */
const schemas = 'docs/schemas';

const check = process.argv.includes('--check');

await runProgram(async () => {
  const tables = await loadTables();
  const sections = renderSections(tables);
  const problems = [];
  for (const path of generated) {
    const file = join(root, path);
    if (!existsSync(file)) throw new Problem(`${path} is missing: put it back with its markers.`);
    const text = withSections(path, readFileSync(file, 'utf8'), sections);
    problems.push(...(await isCurrent(path, text)));
  }
  mkdirSync(join(root, schemas), { recursive: true });
  for (const [name, schema] of Object.entries({ ...tables.answers, evidence: tables.evidence }))
    problems.push(...(await isCurrent(`${schemas}/${name}.schema.json`, JSON.stringify(schema))));
  if (!check) return;
  await stage('Programs', (log) => build({ log }));
  const docs = await projectDocs();
  problems.push(...unshown(docs, sections), ...gateProblems(docs, tables.gateIds), ...linkProblems(docs));
  problems.push(...(await commandProblems(docs)));
  if (problems.length > 0) throw new Problem(problems.join('\n'));
});

/**
 * Writes a file as the code says it now; with `--check` only says where it is another.
 * @param {string} path
 * @param {string} text
 */
async function isCurrent(path, text) {
  const file = join(root, path);
  const after = await formatted(file, text);
  if (existsSync(file) && readFileSync(file, 'utf8') === after) return [];
  if (check) return [`${path} is not what the code says now: run \`npm run docs\`.`];
  writeFileSync(file, after);
  return [];
}

/**
 * Sections that no document shows any more.
 * @param {import('./docs/references.mjs').Docs} docs
 * @param {ReadonlyMap<string, string>} sections
 */
function unshown(docs, sections) {
  const shown = generated.map((path) => docs.get(path) ?? '').join('\n');
  return [...sections.keys()]
    .filter((name) => !shown.includes(`<!-- generated: ${name} -->`))
    .map((name) => `No document holds the section ${name}: put its markers back.`);
}

/**
 * A document with its sections as the code says them now.
 * @param {string} path
 * @param {string} text
 * @param {ReadonlyMap<string, string>} sections
 */
function withSections(path, text, sections) {
  return text.replace(
    /(<!-- generated: (\S+) -->\n)[^]*?(<!-- end -->)/g,
    (_, /** @type {string} */ begin, /** @type {string} */ name, /** @type {string} */ end) => {
      const section = sections.get(name);
      if (section === undefined)
        throw new Problem(
          `${path} wants a section ${name}: it is one of ${[...sections.keys()].join(', ')}.`,
        );
      return `${begin}\n${section}\n\n${end}`;
    },
  );
}

/**
 * @param {string} file
 * @param {string} text
 */
async function formatted(file, text) {
  const prettier = await import('prettier');
  return prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
}
