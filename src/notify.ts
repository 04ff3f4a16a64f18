import { run } from './config/program.js';
import { readSettings } from './config/settings.js';
import { tryChannels } from './worker/try-channels.js';

const usage = `slipway notify --try <channel> [--settings slipway.toml]

Sends one notification by a channel of the settings, with its secret from this environment.
It needs no server, no worker and no release. --try can be given more than once.`;

await run({
  usage,
  config: {
    options: {
      try: { type: 'string', multiple: true, default: [] },
      settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
    },
  },
  not: 'Nothing was sent.',
  async main({ values }) {
    await tryChannels(readSettings(values.settings), values.try);
  },
});
