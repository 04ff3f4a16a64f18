import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { format, resolveConfig } from 'prettier';

import { root } from '../../tools/paths.mjs';
import type { Outcome } from '../part.js';
import { packages } from './list.js';
import type { RealPackage } from './real-package.js';

const seen = path.join(root, 'acceptance', 'packages', 'seen.json');
const shown = path.join(root, 'docs', 'real-packages.md');

const head = `# Real packages

What became of real packages from PyPI: the pinned source distribution of each was laid into a repository, and a release of
it rehearsed on stand-ins with the real tools. A row that says \`stopped\` or \`refused\` is as much as was to be expected
there; what was said, and what a package's people had to write for Slipway, stands below the table. 100 % coverage is what
the procedure demands; where a package lowers it, the number stood on every card and in the evidence. A package that keeps a
changelog got an entry for the version, whose number is made up, in the form of those before it.

\`npm run acceptance -- packages --record\` plays them and writes this page.
`;

/** Takes outcomes into what was seen so far, and writes the page anew. */
export async function record(outcomes: readonly Outcome[]): Promise<void> {
  const before = JSON.parse(await readFile(seen, 'utf8')) as readonly Outcome[];
  const after = packages.flatMap(({ name }) => {
    const outcome = [...outcomes, ...before].find((candidate) => candidate.name === name);
    return outcome === undefined ? [] : [{ ...outcome, seconds: Math.round(outcome.seconds) }];
  });
  await writeFile(seen, await formatted(seen, JSON.stringify(after)));
  await writeFile(shown, await page());
}

/** The page of the docs that shows what was seen. */
export async function page(): Promise<string> {
  const outcomes = JSON.parse(await readFile(seen, 'utf8')) as readonly Outcome[];
  const both = packages.flatMap((real) => {
    const outcome = outcomes.find(({ name }) => name === real.name);
    return outcome === undefined ? [] : [{ real, outcome }];
  });
  const columns = ['Package', 'Built by', 'Version in', 'What is special', 'What happened'];
  const rows = [columns, columns.map(() => '---'), ...both.map(({ real, outcome }) => rowOf(real, outcome))];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return formatted(
    shown,
    [head, table, ...both.map(({ real, outcome }) => sectionOf(real, outcome))].join('\n'),
  );
}

async function formatted(file: string, text: string): Promise<string> {
  const options = { ...(await resolveConfig(file)), filepath: file, proseWrap: 'always' } as const;
  return format(text, options);
}

function rowOf({ name, builtBy, versionIn, shape }: RealPackage, outcome: Outcome): string[] {
  return [name, builtBy, versionIn, shape, inShort(outcome)].map(asText);
}

/** Such as "released, 97.5 %" and "stopped in step 3". */
function inShort({ seen: words }: Outcome): string {
  const kind = /^(released|refused|stopped in step \d+)/.exec(words)?.[1] ?? words;
  const covered = kind === 'released' ? /(\S+ %) covered/.exec(words)?.[1] : undefined;
  return covered === undefined ? kind : `${kind}, ${covered}`;
}

function sectionOf({ name, sdist, release, writes, changes = [] }: RealPackage, outcome: Outcome): string {
  const [, version = ''] = /-([^-]+)\.tar\.gz$/.exec(sdist.filename) ?? [];
  const [first = '', ...listed] = outcome.seen.split('\n');
  return [
    `\n## ${asText(name)}\n`,
    `A release of ${release} from the files of ${version}; it took ${String(outcome.seconds)} s.`,
    ...changes.map(({ what }) => `Changed beforehand: ${asText(what)}.`),
    `\n${asText(first.charAt(0).toUpperCase() + first.slice(1))}`,
    ...(listed.length === 0 ? [] : [`\n\`\`\`text\n${listed.join('\n')}\n\`\`\``]),
    ...(writes === undefined ? [] : [`\nWhat was written:\n\n\`\`\`toml\n${writes}\`\`\``]),
  ].join('\n');
}

function asText(text: string): string {
  return text.replaceAll(/[|*_\x60<[]/g, '\\$&');
}
