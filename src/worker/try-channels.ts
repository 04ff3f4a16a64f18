import { randomUUID } from 'node:crypto';

import { deliver } from '../activities/notify/deliver.js';
import type { Settings } from '../config/settings.js';
import { openBench } from './bench.js';

/** Sends one notification by each of these channels; that one did not take it is an error with three lines. */
export async function tryChannels(settings: Settings, channels: readonly string[]): Promise<void> {
  const known = Object.keys(settings.notify);
  const strangers = channels.filter((channel) => !known.includes(channel));
  if (channels.length === 0 || strangers.length > 0)
    throw new Error(
      `${strangers.length === 0 ? 'Say which channel: ' : `slipway.toml names no channel ${strangers.join(', ')}: `}${known.length === 0 ? 'add [notify.<name>] first (docs/operations.md, Being told)' : `--try with one of ${known.join(', ')}`}.`,
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
    else failed.push(`${channel} did not take it: ${why}`);
  }
  if (failed.length > 0)
    throw new Error(
      [
        ...failed,
        'Whoever is reached by no other channel would not be told.',
        'Mend the address in the secret (docs/operations.md, Being told), and try it again.',
      ].join('\n'),
    );
}
