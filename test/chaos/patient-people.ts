import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { isGone, sendMessage } from '../../src/client/releases.js';
import type { MessageKind } from '../../src/contract/messages.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import type { Service } from '../workflows/model.js';
import type { SentMessage } from './observation.js';

/** People who answer what a release asks, and try again as long as the service does not answer them. */
export interface PatientPeople {
  /** What they sent, and what was answered to it. */
  readonly sent: SentMessage[];
  /** The state for which `is` holds; until then they answer every question that `may` be answered. */
  until(is: (ledger: Ledger) => boolean, may?: (ledger: Ledger) => boolean): Promise<Ledger>;
  /** Says something until it is acknowledged, or the release has ended. */
  say(kind: MessageKind, message: { gate?: string; digest?: string }): Promise<void>;
}

type Release = Pick<Service, 'client' | 'request' | 'ledger'>;

/** The people of a release. */
export function patientPeople({ client, request, ledger }: Release): PatientPeople {
  const sent: SentMessage[] = [];
  const answered = new Set<string>();
  const say: PatientPeople['say'] = async (kind, message) => {
    const id = randomUUID();
    const said = { id, kind, by: 'grace', sentAt: new Date().toISOString(), ...message };
    const at = sent.push(said) - 1;
    const { by } = said;
    for (;;) {
      try {
        const answer = await sendMessage(client, request, kind, { ...message, id, by, reason: 'in a test' });
        if (answer === undefined) continue;
        sent[at] = { ...said, answer: { counted: answer.counted, at: new Date().toISOString() } };
        return;
      } catch (error) {
        if (isGone(error)) return;
      }
      await delay(200);
    }
  };
  return {
    sent,
    say,
    async until(is, may = () => true) {
      for (;;) {
        const now = await ledger().catch(() => undefined);
        if (now !== undefined && is(now)) return now;
        for (const { id: gate, digest, answers } of now !== undefined && may(now) ? openGates(now) : []) {
          if (answered.has(digest)) continue;
          answered.add(digest);
          await say(answers[0] ?? 'retry', { gate, digest });
        }
        await delay(100);
      }
    },
  };
}
