import { parseArgs } from 'node:util';

import { readSettings } from './config/settings.js';
import { yankDirectly } from './worker/direct-yank.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    as: { type: 'string', default: '' },
    reason: { type: 'string', default: 'no reason given' },
    settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
    json: { type: 'boolean', default: false },
  },
});

const [name = '', version = ''] = positionals;

process.once('SIGINT', () => {
  process.stderr.write('Nobody waits for the index any more; what was done stays done.\n');
  process.exit(1);
});

try {
  await yankDirectly(
    readSettings(values.settings),
    { package: name, version },
    { by: values.as, reason: values.reason },
    values.json,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
