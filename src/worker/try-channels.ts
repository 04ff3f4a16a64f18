import { randomUUID } from 'node:crypto';

import { deliver } from '../activities/notify/deliver.js';
import { WrongCommandLine } from '../config/program.js';
import type { Settings } from '../config/settings.js';
import { failure } from '../contract/failures.js';
import { openBench } from './bench.js';

/** Sends one notification by each of these channels; that one did not take it is an error with three lines. */
export async function tryChannels(settings: Settings, channels: readonly string[]): Promise<void> {
  const known = Object.keys(settings.notify);
  const strangers = channels.filter((channel) => !known.includes(channel));
  if (channels.length === 0 || strangers.length > 0)
    throw new WrongCommandLine(
      strangers.length === 0
        ? 'No channel is named'
        : `slipway.toml names no channel ${strangers.join(', ')}`,
      known.length === 0
        ? 'add `[notify.<name>]` to it first (docs/operations.md, Being told)'
        : `name one of ${known.join(', ')} with \`--try\``,
    );
  const bench = await openBench(settings, 'urgent', () => undefined);
  const letter = {
    title: 'Slipway',
    body: 'This is a try of the channel. Nobody has to do anything.',
    thread: `<${randomUUID()}@slipway>`,
  };
  const failed: string[] = [];
  for (const channel of channels) {
    const why = await deliver(bench, channel, letter);
    if (why === undefined) process.stdout.write(`${channel} took it: look whether it has arrived\n`);
    else failed.push(`${channel} did not take it: ${why.replace(/\.$/, '')}.`);
  }
  if (failed.length > 0)
    throw failure('operator', {
      now: failed.join(' '),
      not: 'Whoever is reached by no other channel would not be told.',
      next: 'Mend the address in the secret (docs/operations.md, Being told), and try it again.',
    });
}
