import { run } from './config/program.js';
import { readSettings } from './config/settings.js';
import { yankDirectly } from './worker/direct-yank.js';

const usage = `slipway yank <package> <version> --direct --reason "…" [--as <name>]
             [--settings slipway.toml] [--json]

Yanks from this machine, with its settings and the secrets of the zone urgent,
without the Temporal server and its workers.`;

process.once('SIGINT', () => {
  process.stderr.write('Nobody waits for the index any more; what was done stays done.\n');
  process.exit(1);
});

await run({
  usage,
  config: {
    allowPositionals: true,
    options: {
      as: { type: 'string', default: '' },
      reason: { type: 'string', default: 'no reason given' },
      settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
      json: { type: 'boolean', default: false },
    },
  },
  not: 'It is not known here to be yanked.',
  async main({ values: { as: by, reason, settings, json }, positionals: [name = '', version = ''] }) {
    await yankDirectly(readSettings(settings), { package: name, version }, { by, reason }, json);
  },
});
