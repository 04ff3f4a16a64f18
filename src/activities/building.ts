import type { BuildActivities } from '../contract/activities.js';
import type { EquivalencePart } from './equivalence.js';

/** The build of a version; one that has to be like another is compared at once, since each activity costs up to six events of history. */
export function composeBuilding(
  { buildArtifacts }: Pick<BuildActivities, 'buildArtifacts'>,
  { checkVersionOnly }: EquivalencePart,
): Pick<BuildActivities, 'buildArtifacts'> {
  return {
    async buildArtifacts({ like, ...input }) {
      const built = await buildArtifacts(input);
      if (!built.passed || like === undefined) return built;
      const final = built.manifest;
      const same = await checkVersionOnly({ candidate: like, final, source: input.source });
      const evidence = [...built.evidence, ...same.evidence];
      return same.passed ? { ...built, evidence } : { ...same, evidence };
    },
  };
}
