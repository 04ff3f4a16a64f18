import type { PublishActivities } from '../contract/activities.js';
import type { Adoption } from '../contract/adopting.js';
import {
  failBy,
  failByFinding,
  pass,
  unknown,
  type Precondition,
  type PreconditionSubject,
} from '../contract/preconditions.js';
import type { BranchHead, ReleaseRequest, Terms } from '../contract/release.js';
import { cutOffPrecondition, judgeTraces } from './adopting/adopting.js';
import type { ReadEarlier } from './adopting/earlier.js';
import type { OpenForge } from './forge/forge.js';
import { probeProblems } from './probes/terms.js';
import { publishedPrecondition } from './published-problems.js';
import { workflowProblems } from './publisher/trusted-workflow.js';
import type { Workbench } from './support/workbench.js';

/** What a request is judged with. */
export interface Judging {
  readonly bench: Workbench;
  readonly readBranch: PublishActivities['readBranch'];
  readonly openForge: OpenForge;
  readonly readEarlier: ReadEarlier;
  /** What an error says of what was looked at; whoever can only try again throws it. */
  readonly settle: (about: PreconditionSubject, error: unknown) => Precondition[];
}

/** What is found in the repository and on the indexes, and what a release of it begins with. */
export interface JudgedWorld extends JudgedHead {
  readonly head?: BranchHead;
  readonly adoption?: Adoption;
}

/** Judges a request by what branch and indexes hold; an index that nobody has accepted is `shut`, and not even read. */
export async function judgeWorld(
  judging: Judging,
  request: ReleaseRequest,
  terms: Terms,
  isShut: boolean,
): Promise<JudgedWorld> {
  const { bench, settle } = judging;
  if (isShut) {
    const branch = await judgeBranch(judging, terms, request);
    const unread = unknown('versions', notLookedUp(request, terms));
    return { ...branch, preconditions: [unread, ...branch.preconditions] };
  }
  const taken = await judgeEarlier(judging, request, terms).catch((error: unknown) => ({
    preconditions: settle('release', error),
  }));
  if ('head' in taken || (request.adopt === true && taken.preconditions.length > 0)) return taken;
  const published = await publishedPrecondition(bench, request, terms).then(
    (found) => [found],
    (error: unknown) => settle('versions', error),
  );
  const branch = await judgeBranch(judging, terms, request);
  return { ...branch, preconditions: [...taken.preconditions, ...published, ...branch.preconditions] };
}

/** What an earlier run has left: what a release that takes it over begins with, or why another one may not begin. */
async function judgeEarlier(judging: Judging, request: ReleaseRequest, terms: Terms): Promise<JudgedWorld> {
  const earlier = await judging.readEarlier(request);
  if (request.adopt !== true)
    return { preconditions: earlier === undefined ? [] : [cutOffPrecondition(request, earlier)] };
  const found = await judgeTraces(judging, request, terms, earlier);
  if (found?.head === undefined) return found ?? { preconditions: [] };
  const judged = await judgeHead(judging, terms, request.package, found.head);
  return { ...found, ...judged, preconditions: [...found.preconditions, ...judged.preconditions] };
}

interface JudgedHead {
  readonly preconditions: readonly Precondition[];
  /** What people have to know of it, and can live with. */
  readonly limits?: readonly string[];
}

/** The branch's head, and what is found there. */
async function judgeBranch(
  judging: Judging,
  terms: Terms,
  { package: name, version }: ReleaseRequest,
): Promise<JudgedHead & { readonly head?: BranchHead }> {
  const { repository, branch, base } = terms;
  try {
    const verdict = await judging.readBranch({ repository, branch, base, package: name, version });
    if (!verdict.passed)
      return { preconditions: verdict.findings.map((found) => failByFinding('branch', found)) };
    const { head, evidence } = verdict;
    const { preconditions, limits = [] } = await judgeHead(judging, terms, name, head);
    return {
      head,
      limits,
      preconditions: [
        ...evidence.map(({ what }) => pass('branch', what)),
        pass('versions', `The tag ${head.config.tag} is free`),
        ...preconditions,
      ],
    };
  } catch (error) {
    return { preconditions: judging.settle('branch', error) };
  }
}

/** What the branch lacks for the settings' probes, and what in the repository would upload other files, or not ours. */
async function judgeHead(
  { bench, openForge, settle }: Judging,
  terms: Terms,
  name: string,
  head: BranchHead,
): Promise<JudgedHead> {
  const { repository, base } = terms;
  const { packages, production } = bench.settings;
  try {
    const traps = await openForge(repository).readTraps(head.commit);
    const isTold = packages[name]?.forge.publishingWorkflows === 'tell';
    const trusted = production.publisher === 'trusted';
    const workflow = trusted ? await workflowProblems(bench, repository, base, head.commit) : [];
    return {
      limits: isTold ? traps.map((trap) => `a real release would be refused, because ${trap}`) : [],
      preconditions: [
        ...probeProblems(terms, head).map((problem) => failBy('branch', problem)),
        ...(isTold ? [] : traps.map((trap) => failBy('forge', trap))),
        ...(traps.length > 0 ? [] : [pass('forge', 'No workflow of the branch uploads beside this release')]),
        ...workflow.map((problem) => failBy('forge', problem)),
      ],
    };
  } catch (error) {
    return { preconditions: settle('forge', error) };
  }
}

function notLookedUp({ package: name, version }: ReleaseRequest, { production }: Terms): string {
  return `Whether ${name} ${version} is free on ${production.name}: an index that nobody has accepted is not even read`;
}
