import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';

import { searchAttributes } from '../contract/handles.js';
import { headline } from '../contract/progress.js';
import { openGates, type Ledger } from '../contract/state.js';

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD');

/** What the Web UI's list can be filtered by. */
export function attributesOf(ledger: Ledger): SearchAttributeUpdatePair[] {
  const step = ledger.steps.findLast((record) => record.state !== 'waiting');
  return [
    { key: keyword(searchAttributes.step), value: step?.id ?? 'none' },
    { key: keyword(searchAttributes.status), value: headline(ledger) },
    {
      key: keyword(searchAttributes.waitingFor),
      value:
        openGates(ledger)
          .map((gate) => gate.id)
          .join(',') || 'nobody',
    },
  ];
}
