import { parseArgs } from 'node:util';

import { readSettings } from './config/settings.js';
import { tryChannels } from './worker/try-channels.js';

const usage = `slipway notify --try <channel> [--settings slipway.toml]

Sends one notification by a channel of the settings, with its secret from this environment.
It needs no server, no worker and no release. --try can be given more than once.`;

const { values } = parseArgs({
  options: {
    try: { type: 'string', multiple: true, default: [] },
    settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(`${usage}\n`);
else {
  try {
    await tryChannels(readSettings(values.settings), values.try);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
