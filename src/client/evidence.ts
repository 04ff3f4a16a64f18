import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Client } from '@temporalio/client';

import type { Subject } from '../contract/activities.js';
import { evidenceFiles, type EvidenceFile } from '../evidence/files.js';
import { secretsIn } from '../evidence/secrets.js';
import type { Ledger } from '../contract/state.js';
import type { Output } from './output.js';
import { readLedger } from './releases.js';

/** Where the evidence of a release was written; no statement where no file was released. */
export interface WrittenEvidence {
  readonly workflowId: string;
  /** Whether the release has ended: what is not finished can still change. */
  readonly finished: boolean;
  readonly files: readonly { readonly kind: EvidenceFile['kind']; readonly path: string }[];
}

/** Writes the evidence of a release into a folder: as JSON, as a page for people, and as a statement for other tools. */
export async function writeEvidence(
  ledger: Ledger,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<WrittenEvidence> {
  await mkdir(folder, { recursive: true });
  const files = evidenceFiles(ledger, new Date().toISOString(), secretsIn(env));
  await Promise.all(files.map(({ filename, text }) => writeFile(path.join(folder, filename), text)));
  return {
    workflowId: ledger.id,
    finished: ledger.phase === 'closed',
    files: files.map(({ kind, filename }) => ({ kind, path: path.join(folder, filename) })),
  };
}

/** Says where the evidence of a release was written, whether it has ended or not. */
export async function evidence(
  client: Client,
  release: Subject,
  folder: string,
  output: Output,
): Promise<void> {
  const ledger = await readLedger(client, release.package, release.version);
  const written = await writeEvidence(ledger, folder, process.env);
  output.print(output.json ? JSON.stringify(written) : inWords(written));
}

function inWords({ workflowId, finished, files }: WrittenEvidence): string {
  const kinds = new Set(files.map(({ kind }) => kind));
  return [
    finished
      ? `The evidence of ${workflowId} is written:`
      : `${workflowId} is not finished; what is written says so, and can still change:`,
    ...files.map(({ kind, path: file }) => `  ${file} (${whatFor[kind]})`),
    ...(kinds.has('statement') ? [] : ['  and no statement: no file was brought to the production index']),
  ].join('\n');
}

const whatFor: Readonly<Record<EvidenceFile['kind'], string>> = {
  evidence: 'for programs',
  report: 'to read and to print',
  statement: 'for programs that read in-toto statements',
};
