import type { Workbench } from '../support/workbench.js';
import { apiDriver } from './api.js';
import { commandDriver } from './command.js';
import type { Drivers } from './driver.js';
import { personDriver } from './person.js';
import { webDriver } from './web/web-driver.js';

/** The drivers of this process. */
export function createDrivers(bench: Workbench, web = webDriver(bench)): Drivers {
  return { web, api: apiDriver(bench), command: commandDriver(bench), person: personDriver(bench) };
}
