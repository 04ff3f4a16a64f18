import { z } from 'zod';

import { gateIds } from '../contract/gates.js';
import { yankDrivers } from '../contract/release.js';
import { stepStates } from '../contract/state.js';
import { steps } from '../contract/steps.js';
import { commit, count, file, line, seconds, sha256, time } from './schema-parts.js';
import { amendment, message, question } from './schema-people.js';

/** The name of this form of evidence: `$id` of its JSON schema and `predicateType` of its statement. A URN, since no host is ours. */
export const evidenceId = 'urn:slipway:evidence:1' as const;

const found = z.enum(steps.map(({ id }) => id)).describe('the step that found it');

const tests = z.object({
  step: found,
  of: z.enum(['suite', 'mode', 'application']),
  name: z.string(),
  version: z.string().optional().describe('what they ran against, where it was installed from files'),
  python: z.string().optional(),
  passedTests: count,
  skippedTests: count,
});

const coverage = z.object({
  step: found,
  of: z.enum(['suite', 'union']),
  name: z.string().optional(),
  lines: count,
  coveredLines: count,
  declaredFiles: count
    .optional()
    .describe('of a suite that is declared to cover certain files: its lines are theirs'),
  branches: count.optional(),
  coveredBranches: count.optional(),
});

const served = z.object({
  step: found,
  index: z.string(),
  version: z.string(),
  files: z.array(z.object({ filename: z.string(), sha256, provenance: z.boolean().optional() })),
});

const compared = z.object({
  step: found,
  candidate: z.string(),
  version: z.string(),
  comparedFiles: count.describe('inside wheel and sdist; they differ in nothing but the version'),
});

const attempt = z.object({
  at: time,
  passed: z.boolean(),
  found: z.array(line),
  asked: z.object({ by: z.string(), reason: z.string() }).optional().describe('of one that was run again'),
});

const candidate = z.object({
  number: count.describe('1 for the first'),
  base: commit.describe('of the release branch that it was judged at'),
  commit: commit.optional().describe('that says its version'),
  version: z.string().optional(),
  startedAt: time.optional(),
  judgedAt: time.optional(),
  passed: z.boolean().optional(),
  configuration: z.string().describe('digest of the package’s configuration'),
  configurationChanges: z.array(z.string()),
  minimumCoveragePercent: z.number(),
  files: z.array(file),
  changelog: z.object({ file: z.string(), text: z.string() }).optional(),
  coverage: z.array(line),
  findings: z.array(line),
  attempts: z
    .array(z.object({ step: found, name: z.string(), filesDigest: sha256, attempts: z.array(attempt) }))
    .describe('every attempt of each part of the tests, on the same files'),
  fix: z.string().optional(),
});

const act = {
  reason: z.string(),
  by: z.string(),
  askedAt: time,
  driver: z.string().optional().describe('what did it'),
  provenAt: time.optional().describe('when the index said so for every file'),
  provenAfterSeconds: seconds.optional(),
};

const yank = z.object({
  ...act,
  rolledBack: commit.optional().describe('the commit after which main holds nothing of the release'),
  fallbackVersions: z
    .array(z.string())
    .optional()
    .describe('what an installation without a pin takes instead'),
  fallbackWaived: z.object({ by: z.string(), why: z.string() }).optional(),
  asked: z.array(z.object({ who: z.string(), at: time })),
  unYanks: z.array(
    z.object({
      ...act,
      approvedBy: z.array(z.string()).optional(),
      approvedAt: time.optional(),
      rejectedBy: z.string().optional(),
    }),
  ),
});

const probe = z.object({
  name: z.string(),
  intervalSeconds: seconds.optional(),
  runs: count,
  failedRuns: count,
  lastResult: line.extend({ at: time }).optional(),
  droppedBy: z.string().optional(),
  brokenOff: z
    .literal(true)
    .optional()
    .describe('ended by a stop between two runs; those since its last news are not counted'),
});

const terms = z.object({
  digest: sha256.describe('of the settings that guarded the release'),
  agreedDigest: sha256.optional().describe('of these settings and what was asked for, together'),
  repository: z.string(),
  base: z.string(),
  branch: z.string(),
  approvers: z.array(z.string()),
  quorumPeople: count,
  selfApproval: z.boolean(),
  selfApprovalAfterSeconds: seconds.optional(),
  signedQuestions: z.array(z.enum(gateIds)).describe('whose approvals count only if they are signed'),
  approveWithinSeconds: z
    .record(z.string(), seconds)
    .describe('after which an unanswered question is asked anew'),
  mostReruns: count,
  reviewsCount: z.boolean().describe('whether reviews on the forge answer questions'),
  watchSeconds: seconds,
  testIndex: z.string(),
  productionIndex: z.string(),
  mainIndex: z.string().describe('where dependencies come from'),
  coverageService: z.string().optional(),
  yankDrivers: z.array(z.enum(yankDrivers)),
  afterYank: z.enum(['ask', 'put-back']),
  finalVersion: z.enum(['after-merge', 'pull-request']),
  limits: z.array(z.string()),
});

const step = z.object({
  number: count,
  id: found,
  title: z.string(),
  state: z.enum(stepStates),
  startedAt: time.optional(),
  endedAt: time.optional(),
  tookSeconds: seconds.optional(),
  found: z.array(line),
  findings: z.array(line),
});

export const markKinds = [
  'started',
  'candidate',
  'step',
  'question',
  'visible',
  'watch',
  'report',
  'yank',
  'un-yank',
  'ended',
] as const;

const mark = z.object({
  kind: z.enum(markKinds),
  at: time,
  until: time.optional().describe('of what takes time; undefined as long as it goes on'),
  text: z.string(),
  state: z.string().optional().describe('what came of it'),
});

/** Everything that a release can show to anybody. */
export const evidenceSchema = z.object({
  schema: z.literal(evidenceId),
  release: z.string().describe('the id of its workflow'),
  package: z.string(),
  version: z.string(),
  state: z.enum(['running', 'ended']).describe('what is running can still change'),
  asOf: time.describe('of a release that has ended, when the last of it happened'),
  outcome: z.enum(['released', 'yanked', 'un-yanked', 'abandoned']).optional(),
  summary: z.string(),
  started: z.object({ by: z.string(), at: time }),
  terms: terms.optional(),
  commit: commit.optional().describe('of the final version'),
  reachedBase: z.boolean().optional().describe('whether that commit is on main'),
  tag: z.string().optional(),
  files: z.array(file).describe('what was released; none before the upload begins'),
  toolchain: z.string().optional().describe('fingerprint of what built them'),
  visibleAt: time.optional().describe('when the index first served every file'),
  merges: z.array(z.object({ commit, previous: commit, head: commit })),
  candidates: z.array(candidate),
  tests: z.array(tests),
  coverage: z.array(coverage),
  comparisons: z.array(compared),
  readBacks: z.array(served),
  questions: z.array(question),
  amendments: z.array(amendment).describe('of approvers and quorum'),
  messages: z.array(message),
  forgotten: z
    .object({ messages: z.int(), questions: z.int() })
    .optional()
    .describe('how many of the oldest are not listed here, but only in the history of the run'),
  waiver: z.object({ index: z.string(), why: z.string(), by: z.string(), at: time }).optional(),
  watch: z
    .object({
      from: time,
      until: time.describe('planned'),
      endedAt: time.optional().describe('when it was really over, or a stop broke it off'),
      plannedSeconds: seconds,
    })
    .optional(),
  onWatch: z.array(z.object({ by: z.string(), from: time, until: time.optional() })),
  probes: z.array(probe),
  reports: z.array(
    z.object({
      by: z.string(),
      at: time,
      reason: z.string(),
      link: z.string().optional(),
      command: z.string().optional(),
      answered: z.boolean(),
    }),
  ),
  stop: z
    .object({ kind: z.enum(['abort', 'yank']), by: z.string(), at: time, reason: z.string() })
    .optional(),
  yanks: z.array(yank).describe('oldest first'),
  rollback: z
    .object({
      chosen: z
        .enum(['put back', 'kept'])
        .optional()
        .describe('undefined where there was nothing to choose, since the base needed no revert'),
      by: z.string().optional(),
      commit: commit.optional().describe('the commit after which the base holds nothing of the release'),
      unchanged: commit
        .optional()
        .describe('where the base stood, if nothing was reverted, since that would have changed no file'),
      lastStable: z.object({ version: z.string(), tag: z.string(), commit }).optional(),
    })
    .optional(),
  steps: z.array(step),
  deadlines: z.array(z.object({ text: z.string(), at: time })),
  timeline: z.array(mark),
});

/** The evidence of a release as other tools read it; `docs/schemas/evidence.schema.json` is its JSON schema. */
export type ReleaseEvidence = z.output<typeof evidenceSchema>;
/** One line of what was found. */
export type EvidenceLine = z.output<typeof line>;
/** Something on the timeline: a moment, or what took time. */
export type TimelineMark = z.output<typeof mark>;

/** The JSON schema of the evidence. */
export function evidenceJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(evidenceSchema);
  const title = 'Evidence of a release, as `slipway evidence` writes it';
  return { $schema, $id: evidenceId, title, ...schema };
}
