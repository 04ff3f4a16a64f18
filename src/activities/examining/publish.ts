import { digestOf } from '../../contract/digest.js';
import { pass, type Precondition, type PublishExaminations } from '../../contract/preconditions.js';
import type { ReleaseRequest, Terms } from '../../contract/release.js';
import type { OpenForge } from '../forge/forge.js';
import { readBranch } from '../git/branch.js';
import type { Workbench } from '../support/workbench.js';
import { isolationPrecondition, judgeRequest } from '../terms.js';
import { inquire, settled } from './inquiring.js';
import { repositoryPreconditions } from './repository.js';
import { readCard } from './card.js';
import { nextCandidate } from './next-candidate.js';

/** What the publish zone sees before a release: what admission asks for, and what later steps would find. */
export function createPublishExaminations(bench: Workbench, openForge: OpenForge): PublishExaminations {
  const judging = {
    bench,
    openForge,
    readBranch: (input: Parameters<typeof readBranch>[1]) => readBranch(bench, input),
    settle: settled,
  };
  return {
    async examinePublish({ request }) {
      const settings = digestOf(bench.settings);
      const { terms, head, preconditions } = await judgeRequest(judging, request);
      if (terms === undefined) return { preconditions, settings };
      const [around, candidate, card] = await Promise.all([
        inquire('branch', terms.repository, () => repositoryPreconditions(bench, openForge, terms)),
        candidateOf(bench, request, terms),
        head === undefined ? undefined : readCard(bench, terms.repository, head.commit),
      ]);
      return {
        preconditions: [...preconditions, ...around, ...candidate.preconditions, ...limitsOf(terms)],
        terms,
        settings,
        ...(head === undefined ? {} : { head }),
        ...(card === undefined ? {} : { card }),
        ...(candidate.next === undefined ? {} : { next: candidate.next }),
      };
    },
  };
}

async function candidateOf(
  bench: Workbench,
  request: ReleaseRequest,
  terms: Terms,
): ReturnType<typeof nextCandidate> {
  // An index that nobody has accepted is not even read.
  const isShut = isolationPrecondition(request, [terms.test, terms.production]).state === 'fail';
  return isShut ? { preconditions: [] } : nextCandidate(bench, request, terms);
}

function limitsOf({ limits = [] }: Terms): Precondition[] {
  return limits.map((limit) => pass('release', `Know that ${limit}`));
}
