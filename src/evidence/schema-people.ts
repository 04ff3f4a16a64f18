import { z } from 'zod';

import { gateIds } from '../contract/gates.js';
import { messageKinds } from '../contract/messages.js';
import { count, seconds, sha256, time } from './schema-parts.js';

const person = {
  by: z.string(),
  at: time,
  channel: z
    .enum(['signal', 'update', 'engine', 'review'])
    .describe(
      'how it came: to the service as a signal or an update, from the engine, or as a review on the forge',
    ),
  known: z
    .enum(['claim', 'review', 'signed'])
    .describe(
      'how far it is known who: their own claim, what the forge says of its reviewer, or a signature',
    ),
  signature: z
    .object({
      key: z.string().describe('fingerprint'),
      statement: z.string().describe('what was signed'),
      signature: z.string().describe('armoured, as `ssh-keygen -Y verify` takes it'),
      signers: z.array(z.string()).describe('the lines of allowed_signers that name this person'),
    })
    .optional()
    .describe('of an answer that was proved by one'),
  reason: z.string().optional(),
};

const decision = z.object({
  ...person,
  message: z.string(),
  kind: z.enum(messageKinds),
  own: z
    .object({ retyped: z.string(), opened: time })
    .optional()
    .describe('where somebody approved what they had started: what they typed again, and when it was asked'),
});

const hold = z.object({ ...person, message: z.string(), until: time, endedAt: time.optional() });

/** What somebody said to a release. */
export const message = z.object({
  ...person,
  id: z.string(),
  kind: z.enum(messageKinds),
  counted: z.boolean(),
  why: z.string().describe('why it counted, or did not'),
  gate: z.string().optional(),
  digest: z.string().optional(),
  link: z.string().optional(),
  command: z.string().optional(),
  until: time.optional(),
  approvers: z.array(z.string()).optional(),
  quorumPeople: count.optional(),
});

/** What people were asked, with their answers. */
export const question = z.object({
  gate: z.enum(gateIds),
  digest: sha256.describe('of what was asked: an answer is bound to it'),
  consequence: z.string().describe('of a yes'),
  subject: z.array(z.object({ label: z.string(), value: z.string() })),
  quorumPeople: count,
  openedAt: time,
  closedAt: time.optional(),
  waitedSeconds: seconds.optional(),
  expiresAt: time.optional(),
  fell: z
    .object({ at: time, why: z.enum(['amended', 'expired']) })
    .optional()
    .describe('when its approvals fell, so that it was asked anew'),
  answer: z.enum(messageKinds).optional(),
  decisions: z.array(decision),
  holds: z.array(hold).describe('who kept approvals from counting for a while'),
});

/** A change of who approves. */
export const amendment = z.object({
  ...{ by: z.string(), reason: z.string(), askedAt: time },
  ...{ approvers: z.array(z.string()), quorumPeople: count },
  before: z.object({ approvers: z.array(z.string()), quorumPeople: count, agreedDigest: sha256.optional() }),
  approvedBy: z.array(z.string()).optional(),
  rejectedBy: z.string().optional(),
});
