import { z } from 'zod';

import type { ChangelogEntry } from '../contract/changelog.js';
import { gateIds } from '../contract/gates.js';
import type { PlannedStep } from '../contract/plan.js';
import {
  preconditionSubjects,
  type CommitCard,
  type Examination,
  type Precondition,
  type SetHours,
} from '../contract/preconditions.js';
import type { Probe } from '../contract/probes.js';
import {
  afterYankChoices,
  finalVersionPlaces,
  yankDrivers,
  type ApproveWithin,
  type BranchHead,
  type ConfigSummary,
  type CoverageService,
  type Expiry,
  type IndexAddress,
  type ReleaseRequest,
  type Terms,
} from '../contract/release.js';
import type { Signing } from '../contract/signing.js';
import { steps } from '../contract/steps.js';
import { digest, time, type Shape } from './answer-parts.js';

const texts = z.array(z.string());
const seconds = z.number().nonnegative().describe('seconds');
const count = z.int().nonnegative();

const precondition = z.object({
  about: z.enum(preconditionSubjects),
  state: z.enum(['pass', 'fail', 'unknown']).describe('unknown is what nobody can know now'),
  said: z.string(),
  remedy: z.string().optional().describe('what to do'),
} satisfies Shape<Precondition>);

const request = z.object({
  package: z.string(),
  version: z.string(),
  by: z.string(),
  branch: z.string().optional(),
  watchSeconds: seconds.optional(),
  wait: z.boolean(),
  acceptUnisolated: z.boolean(),
  adopt: z.literal(true).optional().describe('what was done before is taken over'),
} satisfies Shape<ReleaseRequest>);

const index = z.object({
  name: z.string(),
  upload: z.string(),
  simple: z.string(),
  yanks: z.literal(false).optional().describe('what is published there can only be removed'),
  takesFilesFor: seconds.optional(),
} satisfies Shape<IndexAddress>);

const probe = z.object({
  name: z.string(),
  work: z.discriminatedUnion('does', [
    z.object({ does: z.enum(['index', 'issues', 'install']) }),
    z.object({ does: z.literal('mode'), mode: z.string() }),
    z.object({ does: z.literal('application'), application: z.string() }),
  ]),
  intervalSeconds: seconds,
  delaySeconds: seconds,
  failures: count,
  unmeasured: count,
  reportOnly: z.boolean(),
} satisfies Shape<Probe>);

const terms = z.object({
  repository: z.string(),
  base: z.string(),
  branch: z.string(),
  approvers: texts,
  quorum: count,
  selfApproval: z.union([z.literal(false), z.object({ delaySeconds: seconds })]),
  signatures: z
    .object({
      demanded: z.array(z.enum(gateIds)).describe('where an approval counts only if it is signed'),
      signers: texts.describe('public keys, as lines of an allowed_signers file'),
    } satisfies Shape<Signing>)
    .optional(),
  approveWithin: z
    .object({
      branch: seconds.optional(),
      merge: seconds.optional(),
      production: seconds.optional(),
    } satisfies Shape<ApproveWithin>)
    .optional(),
  watchSeconds: seconds,
  probes: z.array(probe),
  escalateSeconds: seconds,
  expiries: z.array(z.object({ secret: z.string(), at: time } satisfies Shape<Expiry>)),
  test: index,
  production: index,
  main: index,
  coverage: z
    .object({ name: z.string(), repository: z.string() } satisfies Shape<CoverageService>)
    .optional(),
  yankDrivers: z.array(z.enum(yankDrivers)),
  lateFilesSeconds: seconds,
  afterYank: z.enum(afterYankChoices),
  limits: texts.optional(),
  reviews: z.boolean(),
  finalVersion: z.enum(finalVersionPlaces),
  reruns: count.optional(),
  historyEvents: count,
  notifies: z.literal(true).optional(),
  webUi: z.string().optional(),
} satisfies Shape<Terms>);

const changelog = z.union([
  z.object({ file: z.string(), text: z.string() }),
  z.object({ problem: z.string() }),
  z.object({ note: z.string() }),
]) satisfies z.ZodType<ChangelogEntry>;

const head = z.object({
  commit: z.string(),
  config: z.object({
    digest,
    suites: texts,
    modes: texts,
    applications: texts,
    minimumCoverage: z.number().describe('percent'),
    tag: z.string(),
  } satisfies Shape<ConfigSummary>),
  configChanges: texts,
  commits: texts.optional(),
  changelog: changelog.optional(),
} satisfies Shape<BranchHead>);

const step = z.object({
  id: z.enum(steps.map(({ id }) => id)),
  title: z.string(),
  doneWhen: z.string(),
  asks: z.string().optional(),
  acts: texts.describe('what would be run'),
  noReturnBefore: count
    .optional()
    .describe('the act, from 0, before which nothing is done that cannot be undone'),
} satisfies Shape<PlannedStep>);

const card = z.object({
  commit: z.string(),
  subject: z.string(),
  author: z.string(),
  date: z.string().describe('ISO 8601'),
} satisfies Shape<CommitCard>);

const hours = z.object({
  uploads: z.string().optional(),
  people: z.array(z.object({ by: z.string(), hours: z.string() })),
} satisfies Shape<SetHours>);

/** What `doctor` prints. */
export const doctor = z.array(precondition);

/** What `plan` prints; what could not be looked at is left out. */
export const plan = z.object({
  preconditions: z.array(precondition),
  steps: z.array(step).describe('none where the release would be refused before its terms are known'),
  request: request.optional(),
  ran: texts.optional().describe('commands and requests by which all this was found out'),
  terms: terms.optional(),
  head: head.optional(),
  card: card.optional(),
  already: texts.optional().describe('what is true already of a release that would be taken over'),
  next: z.string().optional().describe('the first development version'),
  settings: digest.optional(),
  hours: hours.optional(),
} satisfies Shape<Examination & { steps: unknown }>);
