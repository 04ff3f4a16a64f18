import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { Settings } from '../config/settings.js';
import { readSigning } from '../config/signers.js';
import {
  signatureNamespace,
  type LocalActivities,
  type SignatureCheck,
  type SignedAnswer,
} from '../contract/signing.js';
import { isProgram } from './support/programs.js';
import { run, type RunResult } from './support/run.js';

/** The program that makes and verifies SSH signatures. */
export const signatureProgram = 'ssh-keygen';

/** Verifies people's signatures with OpenSSH, which needs no secret and a few milliseconds. */
export function createSignatureActivities(): LocalActivities {
  return {
    async checkSignature(answer) {
      if (!(await isProgram(signatureProgram, process.env.PATH ?? '')))
        return unproven(`${missing('the worker of the workflow zone runs')}, and answer again`);
      const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-signature-'));
      try {
        return await check(folder, answer);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** What keeps the approvals of a release from being signed and verified, a sentence each. */
export async function signatureProblems(settings: Settings): Promise<readonly string[]> {
  const { signing, problems } = readSigning(settings);
  const isNeeded = signing.demanded.length + signing.signers.length > 0;
  if (!isNeeded || (await isProgram(signatureProgram, process.env.PATH ?? ''))) return problems;
  return [...problems, `${missing('the workers run')}, and start again.`];
}

function missing(where: string): string {
  return `${signatureProgram}, which verifies the signatures of approvals, is missing where ${where}: install OpenSSH's client there (Debian: openssh-client)`;
}

async function check(
  folder: string,
  { by, statement, signature, signers }: SignedAnswer,
): Promise<SignatureCheck> {
  const signatureFile = path.join(folder, 'signature');
  const signersFile = path.join(folder, 'allowed_signers');
  await writeFile(signatureFile, signature);
  await writeFile(signersFile, signers.map((line) => `${line}\n`).join(''));
  const ask = (action: string, ...args: string[]) =>
    run([signatureProgram, '-Y', action, '-s', signatureFile, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      timeoutSeconds: 5,
      input: statement,
    });
  const whole = await ask('check-novalidate', '-n', signatureNamespace);
  const key = /SHA256:\S+/.exec(whole.stdout)?.[0];
  if (whole.exitCode !== 0 || key === undefined) return unproven(whyInvalid(whole));
  const byThem = ['-f', signersFile, '-I', by, '-n', signatureNamespace];
  const verified = await ask('verify', ...byThem);
  if (verified.exitCode === 0) return { proven: true, key };
  const found = await ask('find-principals', '-f', signersFile);
  return unproven(whyForeign(by, key, found.exitCode === 0 ? found.stdout.trim() : '', verified));
}

/** Why a signature is none of exactly this answer. */
function whyInvalid({ output }: RunResult): string {
  if (output.includes('namespace does not match'))
    return `the signature was made for another purpose: sign with \`${signatureProgram} -Y sign -n ${signatureNamespace}\``;
  if (output.includes('incorrect signature'))
    return 'the signature is for something else than what this message says in this run of the release';
  return `this is no SSH signature (${output.trim().split('\n').at(0) ?? ''})`;
}

/** Why a signature that is whole is not that of whom it claims. */
function whyForeign(by: string, key: string, owner: string, { output }: RunResult): string {
  const restricted = /: (key (?:has expired|is not yet valid|is not permitted)[^\n]*)/.exec(output)?.[1];
  if (restricted !== undefined) return `the key ${key} does not count now: ${restricted}`;
  return owner === '' || owner === by
    ? `the key ${key} is foreign: it is none that this release knows of ${by}`
    : `the key ${key} is that of ${owner}, and not of ${by}: answer with --as ${owner}`;
}

function unproven(why: string): SignatureCheck {
  return { proven: false, why };
}
