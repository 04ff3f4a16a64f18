import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { stage as shown } from '../tools/progress.mjs';
import { pythonTools } from '../tools/python.mjs';
import { temporalBinary } from '../tools/temporal.mjs';
import { foreignIndexes } from './acceptance/foreign-indexes.js';
import { lines } from './acceptance/lines.js';
import type { Part } from './acceptance/part.js';

/** Every part, in the order in which they run. */
const parts: readonly Part[] = [lines, foreignIndexes];

const usage = `npm run acceptance [-- <part> …]

Plays whole releases in worlds that are not the sample's, with the real tools,
and shows a table at the end. Without a name every part runs:

${parts.map(({ name, about }) => `  ${name.padEnd(16)}${about}`).join('\n')}`;

interface Row {
  readonly part: string;
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly seen: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h', default: false } },
});
const unknown = positionals.filter((name) => !parts.some((part) => part.name === name));

if (values.help) process.stdout.write(`${usage}\n`);
else if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}.\n\n${usage}\n`);
  process.exitCode = 2;
} else {
  const wanted = parts.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const rows: Row[] = [];
  for (const part of wanted) rows.push(...(await play(part)));
  const failed = rows.filter(({ passed }) => !passed).length;
  process.stdout.write(
    `\n${table(rows)}\n\n${String(rows.length - failed)} passed, ${String(failed)} failed\n`,
  );
  process.exitCode = failed > 0 || rows.length === 0 ? 1 : 0;
}

async function play(part: Part): Promise<Row[]> {
  const rows: Row[] = [];
  const folder = await mkdtemp(path.join(os.tmpdir(), `slipway-acceptance-${part.name}-`));
  const binary: string = await shown('Temporal server', (log) => temporalBinary({ log }));
  const tools: string = await shown('Python tools', (log) => pythonTools({ log }));
  const check = async (name: string, body: () => Promise<string>) => {
    const began = Date.now();
    const end = (passed: boolean, seen: string) => {
      rows.push({ part: part.name, name, passed, seconds: (Date.now() - began) / 1000, seen });
    };
    await body().then(
      (seen) => {
        end(true, seen);
      },
      (error: unknown) => {
        end(false, error instanceof Error ? error.message : String(error));
      },
    );
  };
  await shown(`Part ${part.name}`, async (log) => {
    const say = (doing: string) => {
      log(doing);
    };
    // What fails outside a case is a row too, so that the other parts still run.
    const began = rows.length;
    await part
      .run({ folder, temporalBinary: binary, pythonTools: tools, say, check })
      .catch((error: unknown) => check('the part itself', () => Promise.reject(error)));
    if (rows.length === began)
      await check('the part itself', () => Promise.reject(new Error('it checked nothing')));
  });
  await rm(folder, { recursive: true, force: true });
  return rows;
}

function table(rows: readonly Row[]): string {
  const width = (cells: readonly string[]) => Math.max(...cells.map((cell) => cell.length));
  const [names, found] = [width(rows.map(({ name }) => name)), width(rows.map(({ part }) => part))];
  return rows
    .map(({ part, name, passed, seconds, seen }) =>
      [
        passed ? 'ok    ' : 'FAILED',
        part.padEnd(found),
        name.padEnd(names),
        `${seconds.toFixed(0).padStart(4)} s`,
        seen,
      ].join('  '),
    )
    .join('\n');
}
