import { z } from 'zod';

import type { Deadline } from '../contract/deadlines.js';
import type { ProgressGate, ProgressRow, Progress } from '../contract/progress.js';
import { outcomes, stepStates, type ReleaseOutcome } from '../contract/state.js';
import type { Trouble } from '../contract/trouble.js';
import { digest, time, type Shape } from './answer-parts.js';
import { doctor, plan } from './answers-before.js';
import type { WrittenEvidence } from './evidence.js';

const trouble = { now: z.string(), not: z.string(), next: z.string() } satisfies Shape<Trouble>;

const outcome = z.object({
  outcome: z.enum(outcomes),
  package: z.string(),
  version: z.string(),
  summary: z.string().describe('one sentence'),
  record: digest.optional().describe('the record of the release in the artifact store'),
  evidence: digest.optional(),
  told: z.object(trouble).describe('what is true now, what is not, and what can still be done'),
} satisfies Shape<ReleaseOutcome>);

const gate = z.object({
  id: z.string(),
  digest,
  consequence: z.string(),
  since: time,
  subject: z.array(z.object({ label: z.string(), value: z.string() })),
  given: z.string(),
  who: z.string(),
  own: z
    .object({ by: z.string(), from: time })
    .optional()
    .describe('who started the release and may approve it too, and from when on'),
  needed: z.int().optional(),
  expiresAt: time.optional(),
  signed: z.boolean().describe('whether an approval counts only if it is signed'),
  asked: z.array(z.object({ who: z.string(), at: time })),
  held: z.array(z.object({ by: z.string(), reason: z.string(), until: time })),
  commands: z.array(z.string()),
} satisfies Shape<ProgressGate>);

const row = z.object({
  number: z.int().min(1).max(12),
  id: z.string(),
  title: z.string(),
  state: z.enum(stepStates),
  found: z.array(z.string()),
  startedAt: time.optional(),
} satisfies Shape<ProgressRow>);

const status = z.object({
  workflowId: z.string(),
  package: z.string(),
  version: z.string(),
  headline: z.string(),
  gates: z.array(gate),
  deadlines: z.array(
    z.object({
      what: z.string(),
      at: time,
      whom: z.array(z.string()).optional().describe('who has to act before it'),
    } satisfies Shape<Deadline>),
  ),
  rows: z.array(row).length(12),
  candidates: z.array(z.string()),
  takingBack: z.array(z.string()),
  untold: z.array(z.string()),
  ignored: z.array(z.string()),
  notice: z.string().optional(),
  told: z.array(z.string()).describe('of one that was refused or has ended, as in its outcome'),
  outcome: outcome.optional(),
} satisfies Shape<Progress & { workflowId: string; package: string; version: string; outcome: unknown }>);

const start = z.discriminatedUnion('state', [
  z.object({ workflowId: z.string(), state: z.literal('attached') }),
  z.object({
    workflowId: z.string(),
    state: z.literal('admitted'),
    limits: z.array(z.string()).optional(),
    already: z
      .array(z.string())
      .optional()
      .describe('what was true already of a release that was taken over'),
  }),
  z.object({
    workflowId: z.string(),
    state: z.literal('waiting'),
    holder: z.string(),
    ahead: z.int(),
  }),
]);

const message = z.union([
  z.object({ counted: z.literal(true), why: z.string() }),
  outcome.partial().extend({ workflowId: z.string(), counted: z.literal(true) }),
]);

const list = z.array(
  z.object({
    workflowId: z.string(),
    run: z.string().describe('running, completed, terminated and so on, as the engine says'),
    status: z.string(),
    step: z.string(),
    waitingFor: z.string(),
    started: time,
  }),
);

const log = z.union([
  z.object({ title: z.string(), line: z.string() }),
  z.object({ title: z.string(), note: z.string() }),
]);

const written = z.object({
  workflowId: z.string(),
  finished: z.boolean().describe('what is not finished can still change'),
  files: z.array(z.object({ kind: z.enum(['evidence', 'report', 'statement']), path: z.string() })),
} satisfies Shape<WrittenEvidence>);

/** What each command prints with `--json`, by its name; further fields may come, none of these goes or changes. */
export const answers = {
  start: start.describe('slipway start'),
  status: status.describe('slipway status; with --watch a line whenever it changes'),
  doctor: doctor.describe('slipway doctor, also where something fails, with exit code 1'),
  plan: plan.describe('slipway plan, also where something fails, with exit code 1'),
  list: list.describe('slipway list'),
  log: log.describe('slipway log: each line of what was printed, or a remark'),
  message: message.describe('a message that counts, such as slipway approve'),
  'written-evidence': written.describe(
    'slipway evidence: the files, of which one is as the schema evidence says',
  ),
  'exit-codes': z.array(z.object({ code: z.int(), meaning: z.string() })).describe('slipway exit-codes'),
  error: z
    .object({ error: z.string(), ...trouble, exitCode: z.int() })
    .describe('any command that is refused or fails, on standard error'),
} as const;
