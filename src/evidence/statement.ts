import { evidenceId, type ReleaseEvidence } from './schema.js';

/** An in-toto Statement, version 1, about the released files. */
export interface Statement {
  readonly _type: 'https://in-toto.io/Statement/v1';
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicateType: string;
  readonly predicate: ReleaseEvidence;
}

/** The same facts as a statement that other tools read; undefined where no file was released, since it would be about nothing. */
export function statementOf(evidence: ReleaseEvidence): Statement | undefined {
  if (evidence.files.length === 0) return undefined;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: evidence.files.map(({ filename: name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: evidenceId,
    predicate: evidence,
  };
}
