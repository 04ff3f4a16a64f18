import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { root } from '../paths.mjs';
import { Problem } from '../problem.mjs';
import { run } from '../run.mjs';

const client = join(root, 'dist', 'src', 'client.js');

/** The package that the demo releases has docs of its own, which are not about this project. */
const notOurs = /^rehearsal\/sample\//;

/**
 * The Markdown files of the project: texts by paths from its top.
 * @typedef {ReadonlyMap<string, string>} Docs
 */

/** @returns {Promise<Docs>} */
export async function projectDocs() {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'], {
    cwd: root,
  });
  if (listed.code !== 0) throw new Problem('The docs are checked in a git checkout: `git ls-files` failed.');
  const names = listed.stdout.split('\n').filter((name) => name !== '' && !notOurs.test(name));
  const there = names.filter((name) => existsSync(join(root, name)));
  return new Map(there.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

/**
 * Gates that the description of the process leaves out.
 * @param {Docs} docs
 * @param {readonly string[]} gateIds
 */
export function gateProblems(docs, gateIds) {
  const text = docs.get('docs/process.md') ?? '';
  return gateIds
    .filter((gate) => !text.includes(`| \`${gate}\` `))
    .map((gate) => `docs/process.md does not describe the gate ${gate}: add a row for it.`);
}

/**
 * What a link may lead to in a file: the headings of a document, the lines of anything else.
 * @param {string} path
 * @param {string | undefined} document its text, if it is one
 */
function placesIn(path, document) {
  if (document !== undefined) return headingsIn(document);
  return readFileSync(join(root, path), 'utf8')
    .split('\n')
    .map((_, at) => `L${at + 1}`);
}

/**
 * Relative links that lead to no file, or to no place in it.
 * @param {Docs} docs
 */
export function linkProblems(docs) {
  return [...docs].flatMap(([name, text]) =>
    linksIn(text).flatMap((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? name : posix.join(dirname(name), decodeURIComponent(path));
      if (!docs.has(target) && !existsSync(join(root, target)))
        return [`${name} links to ${link}, which is not there.`];
      const known = anchor === undefined || placesIn(target, docs.get(target)).includes(anchor);
      return known ? [] : [`${name} links to ${link}, and ${target} has no such place.`];
    }),
  );
}

/** @param {string} text */
function linksIn(text) {
  const prose = text.replace(/^(```|~~~)[^]*?^\1/gm, '').replace(/`[^`\n]*`/g, '``');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)];
  return links.map(([, link = '']) => link).filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

/** The anchors of the headings, as GitHub makes them. @param {string} text */
function headingsIn(text) {
  return [...text.matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}

/**
 * Commands that the docs name and that do not exist, and options that they do not take.
 * @param {Docs} docs
 * @returns {Promise<string[]>}
 */
export async function commandProblems(docs) {
  const { scripts } = /** @type {{ scripts: Record<string, string> }} */ (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  );
  const commands = commandsIn(await help([]));
  /** @type {Map<string, string>} */
  const helps = new Map();
  const problems = [];
  for (const [name, text] of docs) {
    for (const script of scriptsNamed(text))
      if (!Object.hasOwn(scripts, script))
        problems.push(`${name} names \`npm run ${script}\`, which is no script.`);
    for (const { command, options } of commandsNamed(text)) {
      if (!commands.includes(command)) {
        problems.push(`${name} names \`slipway ${command}\`, which is no command.`);
        continue;
      }
      const known = helps.get(command) ?? (await help([command]));
      helps.set(command, known);
      for (const option of options)
        if (!new RegExp(`${option}(?![\\w-])`).test(known))
          problems.push(`${name} names \`slipway ${command} ${option}\`, which it does not take.`);
    }
  }
  return problems;
}

/** @param {readonly string[]} command */
async function help(command) {
  const { code, stdout, stderr } = await run(process.execPath, [client, ...command, '--help'], { cwd: root });
  if (code !== 0) throw new Problem(`\`slipway ${[...command, '--help'].join(' ')}\` failed: ${stderr}`);
  return stdout;
}

/** @param {string} text */
function commandsIn(text) {
  const [, list = ''] = /^Commands:\n((?: .*\n)+)/m.exec(text) ?? [];
  return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = '']) => name);
}

/** The code of a text: what stands in fences and between backticks. @param {string} text */
function codeIn(text) {
  const fences = [...text.matchAll(/^(```|~~~)[^\n]*\n([^]*?)^\1/gm)].map(([, , code = '']) => code);
  const spans = text.replace(/^(```|~~~)[^]*?^\1/gm, '').matchAll(/`([^`\n]+)`/g);
  return [...fences, ...[...spans].map(([, code = '']) => code)].flatMap((code) => code.split('\n'));
}

/** @param {string} text */
function scriptsNamed(text) {
  return codeIn(text).flatMap((line) =>
    [...line.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test|start)\b)/g)].map(
      ([, script, own]) => script ?? own ?? '',
    ),
  );
}

/** @param {string} text */
function commandsNamed(text) {
  return codeIn(text).flatMap((line) =>
    [...line.matchAll(/(?:^|[\s$;&|(])(?:npx )?slipway ([a-z][\w-]*)([^#;&|]*)/g)].map(
      ([, command = '', rest = '']) => ({
        command,
        options: [...rest.matchAll(/(?<=\s)--[a-z][\w-]*/g)].map(([option]) => option),
      }),
    ),
  );
}
