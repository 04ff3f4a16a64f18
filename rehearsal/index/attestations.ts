import { z } from 'zod';

import type { TrustedPublisher } from './contract.js';
import { refuse, type Answer } from './form-rules.js';
import type { ReceivedFile } from './received.js';

/** Who has published a file, and what was said of it then: a statement that nobody here can verify the signature of. */
export interface Provenance {
  readonly publisher: TrustedPublisher;
  readonly attestations: readonly unknown[];
}

const attestationsShape = z
  .array(z.object({ version: z.literal(1), envelope: z.object({ statement: z.string() }) }).loose())
  .min(1);

const statementShape = z.object({
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })]),
});

/** Why the attestations of an upload are refused; there need not be any. */
export function judgeAttestations(
  sent: string,
  file: ReceivedFile,
  publisher: TrustedPublisher | undefined,
): Answer | undefined {
  if (sent === '') return undefined;
  const invalid = (why: string) => refuse(`Invalid attestations supplied during upload: ${why}`);
  if (publisher === undefined)
    return invalid('Attestations are only supported when using Trusted Publishing');
  const read = attestationsShape.safeParse(parse(sent));
  if (!read.success) return invalid('Malformed attestations');
  const isOfFile = read.data.every(({ envelope }) => {
    const text = Buffer.from(envelope.statement, 'base64').toString('utf8');
    const [subject] = statementShape.safeParse(parse(text)).data?.subject ?? [];
    return subject?.name === file.filename && subject.digest.sha256 === file.sha256;
  });
  return isOfFile ? undefined : invalid('subject does not match distribution');
}

/** The provenance that a publisher's attestations, which were not refused, make. */
export function provenanceOf(sent: string, publisher: TrustedPublisher | undefined): Provenance | undefined {
  const read = attestationsShape.safeParse(parse(sent));
  return publisher === undefined || !read.success ? undefined : { publisher, attestations: read.data };
}

/** The provenance as the index serves it. */
export function provenanceDocument({ publisher, attestations }: Provenance): object {
  const { repository, workflow, environment } = publisher;
  const bundle = { publisher: { kind: 'GitHub', repository, workflow, environment }, attestations };
  return { version: 1, attestation_bundles: [bundle] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
