import type { BranchHead, IndexAddress, ReleaseRequest, Terms } from '../contract/release.js';
import { isLoopback } from '../config/repository.js';
import type { Settings } from '../config/settings.js';
import type { PublishActivities } from '../contract/activities.js';
import type { Adoption } from '../contract/adopting.js';
import { troubleOf } from '../contract/failures.js';
import {
  fail,
  failBy,
  failByTrouble,
  pass,
  refusalsOf,
  type Precondition,
  type PreconditionSubject,
} from '../contract/preconditions.js';
import { nameProblem, versionProblem } from '../contract/version.js';
import type { ReadEarlier } from './adopting/earlier.js';
import type { OpenForge } from './forge/forge.js';
import { judgeWorld, type Judging } from './judging.js';
import { termsOf, withForgeLimits, withLimits } from './resolved-terms.js';
import { signatureProblems } from './signatures.js';
import { forgePreconditions, settledPreconditions } from './settled-problems.js';
import type { Workbench } from './support/workbench.js';

/** Everything that was looked at; terms and head as far as they are known, which is no consent to them. */
export interface Judged {
  readonly preconditions: readonly Precondition[];
  readonly terms?: Terms;
  readonly head?: BranchHead;
  readonly adoption?: Adoption;
}

/** Judges a request against the service's own settings and what the production index already holds. */
export function createTermsActivities(
  bench: Workbench,
  { readBranch }: Pick<PublishActivities, 'readBranch'>,
  openForge: OpenForge,
  readEarlier: ReadEarlier,
): Pick<PublishActivities, 'readTerms'> {
  return {
    async readTerms({ request }) {
      const judging = { bench, readBranch, openForge, readEarlier, settle: mendable };
      const { preconditions, terms, head, adoption } = await judgeRequest(judging, request);
      const problems = refusalsOf(preconditions);
      return terms === undefined || head === undefined || problems.length > 0
        ? { problems }
        : { terms, head, ...(adoption === undefined ? {} : { adoption }) };
    },
  };
}

/** Judges a request as far as its package's settings, the indexes, the branch and the forge can be read. */
export async function judgeRequest(judging: Judging, request: ReleaseRequest): Promise<Judged> {
  const { bench, openForge, settle } = judging;
  // A start from the Web UI has not been through the client's checks.
  const malformed = [nameProblem(request.package), versionProblem(request.version)].flatMap((problem) =>
    problem === undefined ? [] : [failBy('release', problem)],
  );
  if (malformed.length > 0) return { preconditions: malformed };
  const { packages } = bench.settings;
  const setting = Object.hasOwn(packages, request.package) ? packages[request.package] : undefined;
  if (setting === undefined)
    return { preconditions: [failBy('release', unknownPackage(request, bench.settings))] };
  const offline = settledPreconditions(bench, setting, request);
  const access = forgePreconditions(bench, setting);
  if (refusalsOf(access).length > 0) return { preconditions: [...access, ...offline] };
  const terms = await termsOf(bench, openForge, setting, request).catch((error: unknown) =>
    settle('versions', error),
  );
  if (isSettled(terms)) return { preconditions: [...terms, ...access, ...offline] };
  return judgeTerms(judging, request, terms, [...access, ...offline]);
}

function isSettled(terms: Terms | readonly Precondition[]): terms is readonly Precondition[] {
  return Array.isArray(terms);
}

async function judgeTerms(
  judging: Judging,
  request: ReleaseRequest,
  terms: Terms,
  offline: readonly Precondition[],
): Promise<Judged> {
  const { bench, openForge, settle } = judging;
  const isolation = isolationPrecondition(request, [terms.test, terms.production]);
  // An index that nobody has accepted is not even read.
  const world = await judgeWorld(judging, request, terms, isolation.state === 'fail');
  const { head, limits = [], adoption } = world;
  const preconditions = [
    ...branchPreconditions(terms),
    ...offline,
    ...(await signaturePreconditions(bench.settings)),
    isolation,
    ...world.preconditions,
  ];
  if (head === undefined) return { preconditions, terms };
  const known = withLimits(terms, limits);
  if (refusalsOf(preconditions).length > 0) return { preconditions, terms: known, head };
  const agreed = await withForgeLimits(known, openForge).catch((error: unknown) => settle('forge', error));
  return isSettled(agreed)
    ? { preconditions: [...preconditions, ...agreed], terms: known, head }
    : { preconditions, terms: agreed, head, ...(adoption === undefined ? {} : { adoption }) };
}

/** Whether everybody who is to approve can sign, where approvals have to be. */
async function signaturePreconditions(settings: Settings): Promise<Precondition[]> {
  const problems = await signatureProblems(settings);
  if (problems.length > 0) return problems.map((problem) => failBy('people', problem));
  const gates = settings.signatures.join(', ');
  return [
    pass('people', gates === '' ? 'No approval has to be signed' : `Approvals can be signed: ${gates}`),
  ];
}

/** What a person has to mend, as a problem beside the others; anything else is tried again. */
function mendable(about: PreconditionSubject, error: unknown): Precondition[] {
  const trouble = troubleOf(error);
  if (trouble === undefined) throw error;
  return [failByTrouble(about, trouble)];
}

function unknownPackage(request: ReleaseRequest, settings: Settings): string {
  const known = Object.keys(settings.packages).sort().join(', ');
  return `slipway.toml names no package ${request.package} (it names ${known === '' ? 'none' : known}): add [packages.${request.package}] with its repository, and restart the worker.`;
}

function branchPreconditions({ branch, base }: Terms): Precondition[] {
  if (branch !== base) return [];
  return [
    fail(
      'branch',
      `${branch} cannot be released into itself`,
      'name a release branch with --branch, or in slipway.toml.',
    ),
  ];
}

/** Whether people let project code run beside the tokens of real indexes; without that they are not even read. */
export function isolationPrecondition(
  request: ReleaseRequest,
  indexes: readonly IndexAddress[],
): Precondition {
  const real = indexes.filter((index) => !isLoopback(new URL(index.upload).hostname));
  const names = real.map((index) => index.name).join(' and ');
  const beside = `Builds and tests run beside the tokens of ${names} with no more than a process between them`;
  if (real.length === 0)
    return pass('release', 'No token of an index beyond this machine lies beside builds and tests');
  if (request.acceptUnisolated) return pass('release', `${beside}, which --accept-unisolated takes`);
  return fail(
    'release',
    beside,
    "start with --accept-unisolated if you trust the package's code and its dependencies that far.",
  );
}
