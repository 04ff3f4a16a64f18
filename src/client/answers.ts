import { z } from 'zod';

import { outcomes, stepStates } from '../contract/state.js';

const time = z.iso.datetime().describe('ISO 8601');
const digest = z.string().describe('sha256, 64 hexadecimal digits');

const outcome = z.object({
  outcome: z.enum(outcomes),
  package: z.string(),
  version: z.string(),
  summary: z.string().describe('one sentence'),
  record: digest.optional().describe('the record of the release in the artifact store'),
  evidence: digest.optional(),
});

const gate = z.object({
  id: z.string(),
  digest,
  consequence: z.string(),
  since: time,
  subject: z.array(z.object({ label: z.string(), value: z.string() })),
  given: z.string(),
  who: z.string(),
  needed: z.int().optional(),
  asked: z.array(z.object({ who: z.string(), at: time })),
  held: z.array(z.object({ by: z.string(), reason: z.string(), until: time })),
  commands: z.array(z.string()),
});

const row = z.object({
  number: z.int().min(1).max(12),
  id: z.string(),
  title: z.string(),
  state: z.enum(stepStates),
  found: z.array(z.string()),
  startedAt: time.optional(),
});

const status = z.object({
  headline: z.string(),
  gates: z.array(gate),
  deadlines: z.array(z.object({ what: z.string(), at: time })),
  rows: z.array(row).length(12),
  candidates: z.array(z.string()),
  takingBack: z.array(z.string()),
  untold: z.array(z.string()),
  ignored: z.array(z.string()),
  notice: z.string().optional(),
  outcome: outcome.optional(),
});

const start = z.discriminatedUnion('state', [
  z.object({ workflowId: z.string(), state: z.literal('attached') }),
  z.object({
    workflowId: z.string(),
    state: z.literal('admitted'),
    limits: z.array(z.string()).optional(),
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

/** What each command prints with `--json`, by its name; further fields may come, none of these goes or changes. */
export const answers = {
  start: start.describe('slipway start'),
  status: status.describe('slipway status; with --watch a line whenever it changes'),
  list: list.describe('slipway list'),
  log: log.describe('slipway log: each line of what was printed, or a remark'),
  message: message.describe('a message that counts, such as slipway approve'),
  'exit-codes': z.array(z.object({ code: z.int(), meaning: z.string() })).describe('slipway exit-codes'),
  error: z
    .object({ error: z.string(), now: z.string(), not: z.string(), next: z.string(), exitCode: z.int() })
    .describe('any command that ends with another exit code than 0, on standard error'),
} as const;
