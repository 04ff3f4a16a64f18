import { parseArgs } from 'node:util';

import { supervise } from './worker/supervisor.js';
import { zones, type Zone } from './contract/zones.js';
import { ConfigurationError } from './config/problems.js';
import { readSettings } from './config/settings.js';

const usage = `slipway worker [--zone ${zones.join('|')}] [--settings slipway.toml]

Runs the workers of all zones, one process each, and starts one again that ends.
With --zone runs only that zone in this process.`;

const { values } = parseArgs({
  options: {
    zone: { type: 'string' },
    settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(`${usage}\n`);
else {
  try {
    await main(values.zone, values.settings);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function main(zone: string | undefined, file: string): Promise<void> {
  const settings = readSettings(file);
  if (zone === undefined) return supervise(settings, file);
  if (!isZone(zone)) throw new ConfigurationError([`${zone} is no zone: use one of ${zones.join(', ')}`]);
  // Loaded only here: the supervisor needs no engine.
  const { runZone } = await import('./worker/zone.js');
  await runZone(zone, settings);
}

function isZone(zone: string): zone is Zone {
  return (zones as readonly string[]).includes(zone);
}
