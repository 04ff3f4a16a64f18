import { hoursInWords } from '../../config/hours.js';
import type { Settings } from '../../config/settings.js';
import { alreadyLines } from '../../contract/adopting.js';
import { digestOf } from '../../contract/digest.js';
import {
  pass,
  type Precondition,
  type PublishExaminations,
  type PublishExamined,
  type SetHours,
} from '../../contract/preconditions.js';
import type { ReleaseRequest, Terms } from '../../contract/release.js';
import type { OpenForge } from '../forge/forge.js';
import { readBranch } from '../git/branch.js';
import type { Workbench } from '../support/workbench.js';
import { witnessed } from '../support/witness.js';
import type { ReadEarlier } from '../adopting/earlier.js';
import type { Judging } from '../judging.js';
import { isolationPrecondition, judgeRequest } from '../terms.js';
import { inquire, settled } from './inquiring.js';
import { repositoryPreconditions } from './repository.js';
import { readCard } from './card.js';
import { nextCandidate } from './next-candidate.js';

/** What the publish zone sees before a release: what admission asks for, and what later steps would find. */
export function createPublishExaminations(
  bench: Workbench,
  openForge: OpenForge,
  readEarlier: ReadEarlier,
): PublishExaminations {
  const judging: Judging = {
    bench,
    openForge,
    readEarlier,
    readBranch: (input) => readBranch(bench, input),
    settle: settled,
  };
  return {
    async examinePublish({ request }) {
      const { value, ran } = await witnessed(bench, () => look(judging, request));
      return { ...value, ran, settings: digestOf(bench.settings), hours: hoursOf(bench.settings) };
    },
  };
}

async function look(judging: Judging, request: ReleaseRequest): Promise<Omit<PublishExamined, 'ran'>> {
  const { bench, openForge } = judging;
  const { terms, head, preconditions, adoption } = await judgeRequest(judging, request);
  if (terms === undefined) return { preconditions };
  const [around, candidate, card] = await Promise.all([
    inquire('branch', terms.repository, () => repositoryPreconditions(bench, openForge, terms)),
    candidateOf(bench, request, terms),
    head === undefined ? undefined : readCard(bench, terms.repository, head.commit),
  ]);
  return {
    preconditions: [...preconditions, ...around, ...candidate.preconditions, ...limitsOf(terms)],
    terms,
    ...(head === undefined ? {} : { head }),
    ...(adoption === undefined ? {} : { already: alreadyLines(adoption) }),
    ...(card === undefined ? {} : { card }),
    ...(candidate.next === undefined ? {} : { next: candidate.next }),
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

function hoursOf({ publishWindow, roster }: Settings): SetHours {
  return {
    ...(publishWindow === undefined ? {} : { uploads: hoursInWords(publishWindow) }),
    people: Object.entries(roster).map(([by, hours]) => ({ by, hours: hoursInWords(hours) })),
  };
}

function limitsOf({ limits = [] }: Terms): Precondition[] {
  return limits.map((limit) => pass('release', `Know that ${limit}`));
}
