import { sendMessage } from '../../src/client/releases.js';
import type { Ledger } from '../../src/contract/state.js';
import { hex } from './manifest.js';
import { approveAll, service, type Running } from './playing.js';
import { modelWorld, terms, type Activities } from './world.js';

/** The commit that the modelled world makes to take a release out of main. */
export const revert = hex('revert');

/** A yanked release in a world where people are asked what becomes of main. */
export async function yanked(
  overrides: (effects: string[]) => Partial<Activities> = () => ({}),
): Promise<Running> {
  const world = modelWorld();
  world.model.terms = { ...terms, afterYank: 'ask' };
  const { checkSuites } = world.activities;
  const running = await service(
    {
      checkSuites: async (input) => {
        if (input.source.commit === revert)
          world.model.effects.push(`suites on the revert as ${input.source.version}`);
        return checkSuites(input);
      },
      ...overrides(world.model.effects),
    },
    world,
  );
  await running.start({ watchSeconds: 3600 });
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until((ledger) => ledger.watch !== undefined);
  await sendMessage(running.client, running.request, 'yank', { by: 'grace', reason: 'data loss' });
  return running;
}

/** What step 12 found. */
export const found = (ledger: Ledger) =>
  (ledger.steps.at(-1)?.evidence ?? []).map(({ what }) => what).join('\n');
