import type { PublishParts } from './parts.js';
import type { UrgentActivities } from '../contract/activities.js';
import { nextDevNumber } from '../contract/version.js';
import { findStableNeighbours, versionsInGit } from './git/tagged-versions.js';
import { stableVersions, takenVersions } from './package-index.js';
import type { Workbench } from './support/workbench.js';

/** The activities that look at versions in git and on the indexes together. */
export function createVersionActivities(
  bench: Workbench,
): Pick<PublishParts, 'readNextNumber'> & Pick<UrgentActivities, 'readLastStable'> {
  return {
    async readNextNumber(input) {
      const { subject, test, production } = input;
      const taken = await Promise.all([
        takenVersions(bench, test, subject.package),
        takenVersions(bench, production, subject.package),
        versionsInGit(bench, input),
      ]);
      return { number: nextDevNumber(subject.version, taken.flat()) };
    },

    async readLastStable(input) {
      const stable = await stableVersions(bench, input.index, input.subject.package);
      return findStableNeighbours(bench, input, stable);
    },
  };
}
