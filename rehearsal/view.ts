import { renderStatus } from '../src/client/render.js';
import { short } from '../src/contract/digest.js';
import { progress, shownGates, type ProgressRow } from '../src/contract/progress.js';
import type { Ledger } from '../src/contract/state.js';
import { someOf } from './some-of.js';

/**
 * Shows a release while it runs: a picture that is drawn anew in a terminal, a line for each change in a pipe, there
 * with the commands that answer a gate where `commands` asks for them.
 */
export function liveView(stream: NodeJS.WriteStream, commands: boolean): (ledger: Ledger) => void {
  return stream.isTTY ? pictures(stream) : lines(stream, commands);
}

function pictures(stream: NodeJS.WriteStream): (ledger: Ledger) => void {
  let height = 0;
  let shown = '';
  return (ledger) => {
    const room = Math.max(10, stream.rows - 1);
    const screen = { width: stream.columns, colour: process.env.NO_COLOR === undefined, now: new Date() };
    const picture = renderStatus(ledger, screen).split('\n').slice(0, room);
    if (picture.join('\n') === shown) return;
    shown = picture.join('\n');
    const up = height > 0 ? `\u001b[${String(height)}A\u001b[J` : '';
    stream.write(`${up}${shown}\n`);
    height = picture.length;
  };
}

function lines(stream: NodeJS.WriteStream, commands: boolean): (ledger: Ledger) => void {
  const seen = new Set<string>();
  const say = (key: string, text: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    stream.write(`${text}\n`);
  };
  return (ledger) => {
    const round = String(ledger.candidates.length);
    const begun = progress(ledger, new Date().toISOString()).rows.filter(
      ({ state }) => state !== 'waiting' && state !== 'skipped',
    );
    for (const row of begun) {
      const { startedAt } = ledger.steps.find((record) => record.id === row.id) ?? {};
      say(`${round} ${row.id} ${row.state} ${startedAt ?? ''}`, rowLines(row));
    }
    for (const gate of ledger.gates) {
      say(gate.digest, `  asked at gate ${gate.id} (${short(gate.digest)}): ${gate.consequence}`);
      for (const { message, by, kind, reason } of gate.decisions)
        say(message, `  ${by}: ${kind}${reason === undefined ? '' : ` — ${reason}`}`);
    }
    if (commands)
      for (const gate of shownGates(ledger))
        say(`commands ${gate.digest}`, gate.commands.map((command) => `    $ ${command}`).join('\n'));
  };
}

function rowLines({ id, state, found }: ProgressRow): string {
  if (state === 'running') return `${id} running`;
  return [`${id} ${state}`, ...someOf(found).map((line) => `  ${line}`)].join('\n');
}
