import { ApplicationFailure } from '@temporalio/common';

import type { PublishParts } from './parts.js';
import type { UrgentActivities } from '../contract/activities.js';
import { outOfOrder } from '../contract/failures.js';
import type { IndexAddress } from '../contract/release.js';
import { nextDevNumber } from '../contract/version.js';
import { readNoRevert } from './git/revert.js';
import { findStableNeighbours, versionsInGit } from './git/tagged-versions.js';
import { stableVersions, takenVersions } from './package-index.js';
import { currentActivity, currentCancellation } from './support/cancellation.js';
import type { Workbench } from './support/workbench.js';

type Input = Parameters<UrgentActivities['readLastStable']>[0];

/** People may do without the test index, and so are told that it is the one. */
function outOfOrderAt({ name }: IndexAddress): (error: unknown) => never {
  return (error) => {
    currentCancellation()?.throwIfAborted();
    if (!(error instanceof Error) || (error instanceof ApplicationFailure && error.nonRetryable === true))
      throw error;
    throw outOfOrder({
      now: `${name} cannot be read: ${error.message}`,
      not: 'Nobody knows which development versions it holds.',
      next: `Wait until ${name} answers, then send \`retry\`.`,
    });
  };
}

/** How often an index is asked before main is put back without it. */
const patience = 4;

/** The stable versions of an index; or why it cannot be read, once it was given a few seconds to come back. */
async function stableOrWhyNot(
  bench: Workbench,
  { index, subject }: Pick<Input, 'index' | 'subject'>,
): Promise<{ readonly versions: readonly string[] } | { readonly unread: string }> {
  try {
    return { versions: await stableVersions(bench, index, subject.package) };
  } catch (error) {
    currentCancellation()?.throwIfAborted();
    if ((currentActivity()?.info.attempt ?? patience) < patience) throw error;
    const [why = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { unread: `${index.name} cannot be read: ${why}` };
  }
}

/** The activities that look at versions in git and on the indexes together. */
export function createVersionActivities(
  bench: Workbench,
): Pick<PublishParts, 'readNextNumber'> & Pick<UrgentActivities, 'readLastStable'> {
  return {
    async readNextNumber(input) {
      const { subject, test, production } = input;
      const taken = await Promise.all([
        test === undefined ? [] : takenVersions(bench, test, subject.package).catch(outOfOrderAt(test)),
        takenVersions(bench, production, subject.package),
        versionsInGit(bench, input),
      ]);
      return { number: nextDevNumber(subject.version, taken.flat()) };
    },

    async readLastStable(input) {
      const stable = await stableOrWhyNot(bench, input);
      const neighbours =
        'unread' in stable
          ? { ...(await findStableNeighbours(bench, input)), ...stable }
          : await findStableNeighbours(bench, input, stable.versions);
      const { lastStable } = neighbours;
      const noRevert = await readNoRevert(bench, {
        ...input,
        ...(lastStable === undefined ? {} : { lastStable }),
      });
      return { ...neighbours, ...(noRevert === undefined ? {} : { noRevert }) };
    },
  };
}
