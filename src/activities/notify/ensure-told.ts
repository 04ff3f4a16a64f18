import { ApplicationFailure } from '@temporalio/common';

import { digestOf, short } from '../../contract/digest.js';
import type { Notification, TellingActivities, Untold } from '../../contract/notifications.js';
import type { Workbench } from '../support/workbench.js';
import { deliver } from './deliver.js';
import { textOf } from './text.js';

type Round = Parameters<TellingActivities['ensureTold']>[0];
type Undelivered = Omit<Untold, 'at'>;

/** Tells people by the channels of the settings as they are now. */
export function createNotifyActivities(bench: Workbench): TellingActivities {
  return {
    async ensureTold(round) {
      const letters = round.notifications.flatMap((notification) =>
        channelsFor(bench, notification).map(({ channel, names }) =>
          ensureDelivered(bench, round, notification, channel, names),
        ),
      );
      const untold = (await Promise.all(letters)).filter((each) => each !== undefined);
      if (untold.length === 0) return;
      throw ApplicationFailure.create({
        type: 'untold',
        nonRetryable: false,
        message: `could not be told: ${untold.map(({ channel, why }) => `${channel}: ${why}`).join('; ')}`,
        details: [untold],
      });
    },
  };
}

/** By which channels a notification goes, and whom each of them reaches; a thread has it whoever it is for. */
function channelsFor(
  { settings }: Workbench,
  { to }: Notification,
): { readonly channel: string; readonly names: readonly string[] }[] {
  const reach = (channel: string) => to.filter((person) => settings.channels[person]?.includes(channel));
  return Object.entries(settings.notify)
    .map(([channel, { thread }]) => ({ channel, thread, names: thread ? to : reach(channel) }))
    .filter(({ thread, names }) => thread || names.length > 0);
}

/** Delivers one notification by one channel, unless it is known to have been; a crash in between delivers it twice. */
async function ensureDelivered(
  bench: Workbench,
  { release, subject, page }: Round,
  notification: Notification,
  channel: string,
  names: readonly string[],
): Promise<Undelivered | undefined> {
  const mark = `told/${digestOf({ release, key: notification.key, channel })}`;
  if ((await bench.store.readName(mark)) !== undefined) return undefined;
  const body = textOf(notification, { names, zone: zoneOf(bench, names), page });
  const thread = `<${short(digestOf({ release }))}@slipway>`;
  const title = `${subject.package} ${subject.version}`;
  const why = await deliver(bench, channel, { title, body, thread });
  if (why !== undefined) return { channel, to: names, why };
  await bench.store.setName(mark, digestOf({ body }));
  return undefined;
}

/** The time zone in which these people live by the roster, if it is one. */
function zoneOf({ settings }: Workbench, names: readonly string[]): string {
  const [zone = 'UTC', ...others] = new Set(names.map((name) => settings.roster[name]?.zone ?? 'UTC'));
  return others.length === 0 ? zone : 'UTC';
}
