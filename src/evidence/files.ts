import type { Subject } from '../contract/activities.js';
import type { Ledger } from '../contract/state.js';
import { evidenceOf } from './evidence.js';
import { reportOf } from './report/page.js';
import type { ReleaseEvidence } from './schema.js';
import { withoutSecrets } from './secrets.js';
import { statementOf } from './statement.js';

/** A file of the evidence. */
export interface EvidenceFile {
  readonly kind: 'evidence' | 'report' | 'statement';
  readonly filename: string;
  readonly text: string;
}

/** The evidence of a release with every secret taken out, those given and those that are one by their look. */
export function shownEvidence(ledger: Ledger, now: string, secrets: readonly string[]): ReleaseEvidence {
  return withoutSecrets(evidenceOf(ledger, now), secrets);
}

/** How the evidence of a version is called, on a release page too. */
export function evidenceName(subject: Subject): string {
  return `${stem(subject)}.json`;
}

/** The evidence as a file: the same bytes for the same facts. */
export function evidenceFile(evidence: ReleaseEvidence): EvidenceFile {
  return { kind: 'evidence', filename: evidenceName(evidence), text: inJson(evidence) };
}

/** Everything that is written about a release; a statement only where it released files. */
export function evidenceFiles(ledger: Ledger, now: string, secrets: readonly string[]): EvidenceFile[] {
  const evidence = shownEvidence(ledger, now, secrets);
  const statement = statementOf(evidence);
  return [
    evidenceFile(evidence),
    { kind: 'report', filename: `${stem(evidence)}.html`, text: reportOf(evidence) },
    ...(statement === undefined
      ? []
      : [
          {
            ...{ kind: 'statement' as const, filename: `${stem(evidence)}.intoto.json` },
            text: inJson(statement),
          },
        ]),
  ];
}

function stem({ package: name, version }: Subject): string {
  return `${name}-${version}-evidence`;
}

function inJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
