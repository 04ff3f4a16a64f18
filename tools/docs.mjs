import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { loadTables, renderSections } from './docs/generated.mjs';
import { commandProblems, gateProblems, linkProblems, projectDocs } from './docs/references.mjs';
import { root } from './paths.mjs';
import { Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';

/** What `npm run docs` writes: each of these holds sections between markers. */
const generated = ['docs/process.md', 'docs/configuration.md'];

const check = process.argv.includes('--check');

await runProgram(async () => {
  const tables = await loadTables();
  const sections = renderSections(tables);
  const problems = [];
  for (const path of generated) {
    const file = join(root, path);
    if (!existsSync(file)) throw new Problem(`${path} is missing: put it back with its markers.`);
    const before = readFileSync(file, 'utf8');
    const after = await formatted(file, withSections(path, before, sections));
    if (after === before) continue;
    if (check) problems.push(`${path} is not what the code says now: run \`npm run docs\`.`);
    else writeFileSync(file, after);
  }
  if (!check) return;
  await stage('Programs', (log) => build({ log }));
  const docs = await projectDocs();
  problems.push(...unshown(docs, sections), ...gateProblems(docs, tables.gateIds), ...linkProblems(docs));
  problems.push(...(await commandProblems(docs)));
  if (problems.length > 0) throw new Problem(problems.join('\n'));
});

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
