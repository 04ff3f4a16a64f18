import type { LeaseAnswer } from '../../../src/contract/activities.js';
import { acquireName, leaseId, leaseReleasedName, workflowTypes } from '../../../src/contract/handles.js';
import type { Ledger } from '../../../src/contract/state.js';
import type { Activities } from '../../workflows/world.js';
import type { Engine } from './engine.js';
import type { Outside } from './outside.js';

/** What the service keeps of ended releases. */
export interface Records {
  ledger?: Ledger;
}

/** The activities that talk to the engine: the lease is the real workflow, the record is kept in memory. */
export function serviceActivities(
  engine: () => Engine,
  outside: Outside,
  records: Records,
): Partial<Activities> {
  const holders = new Set<string>();
  const record = (change: 'taken' | 'given back', lease: string, writer: string) => {
    if (holders.has(writer) === (change === 'taken')) return;
    if (change === 'taken') holders.add(writer);
    else holders.delete(writer);
    outside.effects.push({ kind: 'lease', lease, change, writer, at: outside.agenda.iso });
  };
  const giveBack = (name: string, holder: string) => {
    record('given back', name, holder);
    engine().signal(leaseId(name), leaseReleasedName, [holder]);
  };
  return {
    ensureLease: async ({ package: name, holder, wait }) => {
      await engine().start(workflowTypes.lease, leaseId(name), []);
      const reply = await engine().update(leaseId(name), acquireName, [{ holder, wait }]);
      if (reply.state !== 'answered') throw new Error('the lease has just ended');
      const answer = reply.value as LeaseAnswer;
      if (answer.state === 'granted') record('taken', name, holder);
      return answer;
    },
    ensureLeaseReleased: async ({ package: name, holder }) => {
      giveBack(name, holder);
    },
    readRunIsOpen: async ({ workflowId }) => ({ open: engine().isOpen(workflowId) }),
    ensureClosed: async ({ ledger }) => {
      records.ledger = structuredClone(ledger);
      giveBack(ledger.request.package, ledger.id);
      return { digest: 'd'.repeat(64) };
    },
    readRecord: async () => (records.ledger === undefined ? {} : { ledger: structuredClone(records.ledger) }),
  };
}
