import { supervise } from './worker/supervisor.js';
import { zones, type Zone } from './contract/zones.js';
import { run, WrongCommandLine } from './config/program.js';
import { readSettings, type Settings } from './config/settings.js';

const usage = `slipway worker [--zone ${zones.join('|')}] [--settings slipway.toml]

Runs the workers of all zones, one process each, and starts one again that ends.
With --zone runs only that zone in this process.`;

await run({
  usage,
  config: {
    options: {
      zone: { type: 'string' },
      settings: { type: 'string', default: process.env.SLIPWAY_SETTINGS ?? 'slipway.toml' },
    },
  },
  not: 'No worker was started.',
  async main({ values: { zone, settings: file } }) {
    const settings = readSettings(file);
    if (zone === undefined) await supervise(settings, file);
    else await serve(zone, settings);
  },
});

async function serve(zone: string, settings: Settings): Promise<void> {
  if (!isZone(zone)) throw new WrongCommandLine(`${zone} is no zone`, `use one of ${zones.join(', ')}`);
  // Loaded only here: the supervisor needs no engine.
  const { runZone } = await import('./worker/zone.js');
  await runZone(zone, settings);
}

function isZone(zone: string): zone is Zone {
  return (zones as readonly string[]).includes(zone);
}
