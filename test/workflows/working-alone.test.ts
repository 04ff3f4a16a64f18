import { expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { evidenceOf } from '../../src/evidence/evidence.js';
import { gateOf, outcome, saying, service, waitsAt } from './playing.js';
import { modelWorld, terms } from './world.js';

it('who works alone releases with the version typed again at every card, after the delay, and the record says so', async () => {
  const world = modelWorld();
  world.model.terms = { ...terms, approvers: ['ada'], selfApproval: { delaySeconds: 1 } };
  const running = await service({}, world);
  await running.start();
  for (const gate of ['branch', 'merge', 'production'] as const) {
    const { digest, openedAt } = gateOf(await running.until(waitsAt(gate)), gate);
    const approve = (retyped: object) =>
      sendMessage(running.client, running.request, 'approve', { by: 'ada', gate, digest, ...retyped });
    await running.until(() => Date.now() > Date.parse(openedAt) + 1000);
    expect(await approve({})).toMatchObject({ counted: false, why: saying('--retype 1.0.0') });
    expect(await approve({ retyped: '1.0.0' })).toMatchObject({ counted: true });
  }
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  const own = { by: 'ada', own: { retyped: '1.0.0' } };
  expect(evidenceOf(await running.ledger(), '')).toMatchObject({
    questions: [{ decisions: [own] }, { decisions: [own] }, { decisions: [own] }],
  });
});
