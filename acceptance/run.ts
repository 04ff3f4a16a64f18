import { parseArgs } from 'node:util';

import { stage } from '../tools/progress.mjs';
import { foreignIndexes } from './foreign/part.js';
import { forges } from './forges.js';
import { isInterrupted, listenForSignals } from './interruption.js';
import { lines } from './lines.js';
import { realPackages } from './packages/part.js';
import { publishing } from './publishing.js';
import type { Outcome, Part } from './part.js';

/** The parts of the acceptance run. */
const parts: readonly Part[] = [lines, forges, foreignIndexes, publishing, realPackages];

const usage = `npm run acceptance -- [<part> | <part>/<case>]… [--record]

Plays what is too long or too far out for the tests, one case after another.
The parts are:
${parts.map(({ name, title }) => `  ${name.padEnd(12)} ${title}`).join('\n')}

  --record   writes the tables of what happened into docs/`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** The cases of a part that were asked for; all where nothing was. */
function chosen({ name, cases }: Part): readonly string[] {
  if (positionals.length === 0 || positionals.includes(name)) return cases;
  return cases.filter((each) => positionals.includes(`${name}/${each}`));
}

function unknown(): string[] {
  const known = new Set(
    parts.flatMap(({ name, cases }) => [name, ...cases.map((each) => `${name}/${each}`)]),
  );
  return positionals.filter((name) => !known.has(name));
}

async function play(part: Part): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of chosen(part)) {
    if (isInterrupted()) break;
    const playing: Promise<Outcome> = stage(`${part.name}/${name}`, (say) => part.play(name, say));
    const outcome = await playing.catch(died(name));
    process.stderr.write(`${row(part, outcome)}\n`);
    outcomes.push(outcome);
  }
  if (values.record) await part.record?.(outcomes.filter(({ instead }) => instead === undefined));
  return outcomes;
}

/** A case that ends in an error is one of the table's rows too. */
function died(name: string): (error: unknown) => Outcome {
  return (error) => ({
    name,
    seen: error instanceof Error ? error.message : String(error),
    seconds: 0,
    instead: 'played to its end',
  });
}

function row(part: Part, { name, seen, seconds, instead }: Outcome): string {
  const mark = instead === undefined ? '✔' : '✘';
  const wanted = instead === undefined ? '' : `\n    it should have been: ${instead}`;
  // Where it went as it should, the first line says enough.
  const told = instead === undefined ? (seen.split('\n', 1)[0] ?? '') : seen;
  return `${mark} ${`${part.name}/${name}`.padEnd(38)} ${seconds.toFixed(0).padStart(5)} s  ${told}${wanted}`;
}

async function run(): Promise<boolean> {
  const rows: string[] = [];
  let wrong = 0;
  for (const part of parts)
    for (const outcome of await play(part)) {
      rows.push(row(part, outcome));
      if (outcome.instead !== undefined) wrong++;
    }
  process.stdout.write(`\n${rows.join('\n')}\n\n`);
  process.stdout.write(`${String(rows.length - wrong)} passed, ${String(wrong)} failed\n`);
  return rows.length > 0 && wrong === 0 && !isInterrupted();
}

if (values.help) process.stdout.write(`${usage}\n`);
else if (unknown().length > 0) {
  process.stderr.write(`There is no ${unknown().join(', ')}.\n\n${usage}\n`);
  process.exitCode = 2;
} else {
  listenForSignals();
  process.exitCode = (await run()) ? 0 : 1;
}
