import { fail, pass, unknown, type Precondition } from '../../contract/preconditions.js';
import type { Workbench } from '../support/workbench.js';

/** How people would be told that a release waits for them, as far as that is known without sending anything. */
export function channelPreconditions(bench: Workbench): Precondition[] {
  const channels = Object.entries(bench.settings.notify);
  if (channels.length === 0)
    return [
      pass(
        'people',
        'Nobody is told when to act: slipway.toml names no channel, so `slipway status` has to be looked at',
      ),
    ];
  const held = channels.filter(([, { secret }]) => bench.secrets.has(secret)).map(([channel]) => channel);
  return [
    ...channels.map(([channel, { secret }]) => addressPrecondition(bench, channel, secret)),
    ...(held.length === 0 ? [] : [untried(held)]),
    ...unreached(bench),
  ];
}

function addressPrecondition(bench: Workbench, channel: string, secret: string): Precondition {
  const what = `of the channel ${channel}, which ${whomItReaches(bench, channel)},`;
  if (bench.secrets.has(secret)) return pass('people', `The address ${what} is set: the secret ${secret}`);
  return fail(
    'people',
    `The address ${what} is missing`,
    `set ${secret} (or ${secret}_FILE) for the urgent worker, and restart it; \`slipway notify --try ${channel}\` tries it.`,
  );
}

function whomItReaches({ settings }: Workbench, channel: string): string {
  const names = settings.approvers.filter((person) => settings.channels[person]?.includes(channel));
  return [
    ...(settings.notify[channel]?.thread === true ? ['holds the thread of every release'] : []),
    ...(names.length === 0 ? [] : [`reaches ${names.join(', ')}`]),
  ].join(' and ');
}

function untried(channels: readonly string[]): Precondition {
  return unknown(
    'people',
    `Whether ${channels.join(', ')} would take a notification: nothing is sent to find that out`,
    `\`slipway notify ${channels.map((channel) => `--try ${channel}`).join(' ')}\` sends one, with the addresses in your own environment.`,
  );
}

/** Approvers whom no channel reaches by name: whether they read a thread, nobody can know. */
function unreached({ settings: { approvers, channels, notify } }: Workbench): Precondition[] {
  const people = approvers.filter((person) => (channels[person] ?? []).length === 0);
  const [first] = people;
  if (first === undefined) return [];
  const threads = Object.entries(notify).flatMap(([channel, { thread }]) => (thread ? [channel] : []));
  const rest = threads.length === 0 ? '' : `, and who does not read ${threads.join(', ')} is told nothing`;
  return [
    unknown(
      'people',
      `Whether ${people.join(', ')} would hear that a release waits: no channel reaches them by name${rest}`,
      `add notify = ["<channel>"] to [people.${first}] of slipway.toml, and restart the workers.`,
    ),
  ];
}
