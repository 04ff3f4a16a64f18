import { sentence } from '../../contract/plain.js';
import { fail, pass, unknown, type Precondition } from '../../contract/preconditions.js';
import type { YankDriver } from '../../contract/release.js';
import type { Workbench } from '../support/workbench.js';
import { usable } from './api.js';
import { whyNot, whyNotFound } from './command.js';
import type { Target } from './driver.js';
import { personDriver } from './person.js';
import { whyUntried } from './web/owner-session.js';

type Look = (bench: Workbench, target: Target) => Promise<Precondition[]>;

const looks: Readonly<Record<YankDriver, Look>> = { web, api, command, person };

/** What can be known of a way to yank without trying it: nobody logs in, nothing is sent, no command is run. */
export function lookAtDriver(bench: Workbench, driver: YankDriver, target: Target): Promise<Precondition[]> {
  return looks[driver](bench, target);
}

const tryLater =
  'the driver is tried before the upload, at which a release waits for it or for somebody at hand';

async function web(bench: Workbench, { index, subject }: Target): Promise<Precondition[]> {
  const problem = await whyUntried(bench, index);
  if (problem !== undefined) return [cannot('web', problem)];
  return [
    pass('yank', 'The driver web holds the password and the seed of an owner'),
    unknown(
      'yank',
      `Whether that owner may yank ${subject.package} on ${index.name}: a login takes a one-time code and may send a mail, so ${tryLater}`,
    ),
  ];
}

async function api(bench: Workbench, target: Target): Promise<Precondition[]> {
  const found = await usable(bench, target);
  if (typeof found === 'string') return [cannot('api', found)];
  return [
    pass('yank', `The driver api holds its secret ${found.secret}`),
    unknown('yank', `Whether the API takes that secret: ${tryLater}`),
  ];
}

async function command(bench: Workbench): Promise<Precondition[]> {
  const problem = whyNot(bench) ?? (await whyNotFound(bench));
  if (problem !== undefined) return [cannot('command', problem)];
  const { command: [program = ''] = [] } = bench.settings.yank;
  return [
    pass('yank', `The program of the driver command is there, with its secrets: ${program}`),
    unknown('yank', `Whether that command may yank: ${tryLater}`),
  ];
}

async function person(bench: Workbench, target: Target): Promise<Precondition[]> {
  const { package: name, version } = target.subject;
  const { toDo } = await personDriver(bench).arm(target);
  return [
    unknown(
      'yank',
      `Whether somebody is at hand who may yank, which only people can say. ${toDo.join(' ')}`,
      `Before the upload one of them types \`slipway on-watch ${name} ${version} --for 12h\`.`,
    ),
  ];
}

function cannot(driver: YankDriver, why: string): Precondition {
  return fail(
    'yank',
    `The driver ${driver} cannot yank. ${sentence(why)}`,
    `Mend [yank] of slipway.toml or give the worker what is missing, and restart it; or take ${driver} out of drivers.`,
  );
}
