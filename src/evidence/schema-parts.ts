import { z } from 'zod';

/** A moment. */
export const time = z.iso.datetime().describe('ISO 8601 in UTC');
/** A sha256. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('sha256 in hexadecimal digits');
/** A commit. */
export const commit = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .describe('full name of a git commit');
/** How many. */
export const count = z.int().nonnegative();
/** A length of time. */
export const seconds = z.number().nonnegative();

/** A built file. */
export const file = z.object({
  filename: z.string(),
  kind: z.enum(['wheel', 'sdist']),
  sha256,
  sizeBytes: count,
});

/** A line of what was found. */
export const line = z
  .object({ text: z.string(), keptAs: sha256.optional().describe('the whole of it in the artifact store') })
  .describe('one line of what was found');
