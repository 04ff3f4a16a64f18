import { short } from '../contract/digest.js';
import { progress, shownGates, type ProgressRow } from '../contract/progress.js';
import type { Ledger } from '../contract/state.js';
import { someOf } from './some-of.js';

/** Tells what has changed in a release since it was asked last, a line or some for each change; what never changes back is told once. */
export function changesTeller(commands: boolean): (ledger: Ledger) => string[] {
  const seen = new Set<string>();
  return (ledger) =>
    [...stepChanges(ledger), ...gateChanges(ledger, commands)]
      .filter(({ key }) => !seen.has(key))
      .map(({ key, text }) => {
        seen.add(key);
        return text;
      });
}

interface Change {
  readonly key: string;
  readonly text: string;
}

function stepChanges(ledger: Ledger): Change[] {
  const round = String(ledger.candidates.length);
  return progress(ledger, new Date().toISOString())
    .rows.filter(({ state }) => state !== 'waiting' && state !== 'skipped')
    .map((row) => {
      const { startedAt } = ledger.steps.find((record) => record.id === row.id) ?? {};
      return { key: `${round} ${row.id} ${row.state} ${startedAt ?? ''}`, text: rowLines(row) };
    });
}

function gateChanges(ledger: Ledger, commands: boolean): Change[] {
  const asked = ledger.gates.flatMap((gate) => [
    {
      key: gate.digest,
      text: `  asked at gate ${gate.id} (${short(gate.digest)}): ${gate.consequence}`,
    },
    ...gate.decisions.map(({ message, by, kind, reason }) => ({
      key: message,
      text: `  ${by}: ${kind}${reason === undefined ? '' : ` — ${reason}`}`,
    })),
  ]);
  if (!commands) return asked;
  const open = shownGates(ledger).map((gate) => ({
    key: `commands ${gate.digest}`,
    text: gate.commands.map((command) => `    $ ${command}`).join('\n'),
  }));
  return [...asked, ...open];
}

function rowLines({ id, state, found }: ProgressRow): string {
  if (state === 'running') return `${id} running`;
  return [`${id} ${state}`, ...someOf(found).map((line) => `  ${line}`)].join('\n');
}
