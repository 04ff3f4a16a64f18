import { ActivityFailure, ApplicationFailure, condition, workflowInfo } from '@temporalio/workflow';

import { pageOf } from '../contract/handles.js';
import { notifications, type Notification, type Untold } from '../contract/notifications.js';
import { telling } from './activities.js';
import { beside, type Beside } from './beside.js';
import type { Desk } from './desk.js';

/** How long the end of a run waits for what is still on its way to people, in milliseconds. */
const lastWords = 15_000;

/** The notifications of a release, which nothing waits for. */
export interface Telling {
  /** Gives what is on its way a moment to arrive, and ends. */
  end(): Promise<void>;
}

/** Tells people whatever they have to be told, beside everything else, if there are channels at all. */
export function tellPeople(desk: Desk): Telling {
  const { ledger } = desk;
  const sending = new Map<string, Notification>();
  const isKnown = ({ key }: Notification) => ledger.told?.includes(key) === true || sending.has(key);
  const due = () =>
    ledger.terms?.notifies === true
      ? notifications(ledger, desk.now()).filter((notification) => !isKnown(notification))
      : [];
  const tell = async (round: readonly Notification[]) => {
    for (const notification of round) sending.set(notification.key, notification);
    const untold = await deliver(desk, round);
    for (const { key } of round) sending.delete(key);
    ledger.told = [...(ledger.told ?? []), ...round.map(({ key }) => key)];
    giveUp(desk, untold);
  };
  const rounds: Beside[] = [
    beside(async () => {
      for (;;) {
        await condition(() => due().length > 0);
        rounds.push(beside(() => tell(due())));
      }
    }),
  ];
  return {
    async end() {
      const arrived = () => due().length === 0 && sending.size === 0;
      if (!arrived() && !(await condition(arrived, lastWords))) {
        const to = [...new Set([...sending.values()].flatMap((notification) => notification.to))];
        giveUp(desk, [{ channel: 'a channel', to, why: 'the release ended before it was delivered' }]);
      }
      for (const round of rounds) round.cancel();
    },
  };
}

type Undelivered = Omit<Untold, 'at'>;

/** Delivers a round, and says what could not be delivered however often it was tried. */
async function deliver(
  { ledger, subject }: Desk,
  round: readonly Notification[],
): Promise<readonly Undelivered[]> {
  const { webUi } = ledger.terms ?? {};
  const page = webUi === undefined ? {} : { page: pageOf(webUi, workflowInfo().namespace, ledger.id) };
  try {
    await telling.ensureTold({ release: ledger.id, subject, notifications: round, ...page });
    return [];
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    const said = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
    if (Array.isArray(said)) return said as Undelivered[];
    const to = [...new Set(round.flatMap((notification) => notification.to))];
    return [{ channel: 'every channel', to, why: cause?.message ?? error.message }];
  }
}

/** Takes down what nobody tries any more, the last time for each channel. */
function giveUp(desk: Desk, untold: readonly Undelivered[]): void {
  if (untold.length === 0) return;
  const { ledger } = desk;
  const channels = untold.map(({ channel }) => channel);
  ledger.untold = [
    ...(ledger.untold ?? []).filter(({ channel }) => !channels.includes(channel)),
    ...untold.map((each) => ({ ...each, at: desk.now() })),
  ];
  desk.refresh();
}
