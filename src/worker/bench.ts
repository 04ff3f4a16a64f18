import { openProxy } from '../activities/support/relay.js';
import { folderStore } from '../activities/support/store.js';
import type { Workbench } from '../activities/support/workbench.js';
import { readSecrets } from '../config/secrets.js';
import type { Settings } from '../config/settings.js';
import type { Zone } from '../contract/zones.js';
import { pythonTools } from '../../tools/python.mjs';

/** What the activities of a zone work with: its secrets and no other zone's, out of this process's environment. */
export async function openBench(
  settings: Settings,
  zone: Zone,
  log: (doing: string) => void,
): Promise<Workbench> {
  const secrets = readSecrets(settings, zone, process.env);
  return {
    settings,
    secrets,
    proxy: (await openProxy(settings, secrets)).address,
    store: folderStore(`${settings.state}/store`),
    tools: await pythonTools({ log }),
  };
}
