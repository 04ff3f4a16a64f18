import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { signatureNamespace } from '../contract/signing.js';
import { ClientFailure, exitCodes } from './failures.js';

/** How a tool ended; undefined where there is no such program. */
interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The armoured SSH signature of a text by a key: the file of a private key, or of a public one whose private half is in
 * the agent. What ssh-keygen asks for, it asks on the terminal.
 */
export async function signatureOf(text: string, key: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-sign-'));
  try {
    // With the text on its standard input ssh-keygen would ask no passphrase.
    const file = path.join(folder, 'statement');
    await writeFile(file, text);
    const signer = isPublicKey(key) ? await keptKey(folder, key) : key;
    const signed = await runTool('ssh-keygen', ['-Y', 'sign', '-n', signatureNamespace, '-f', signer, file]);
    if (signed === undefined)
      throw new ClientFailure(
        {
          now: 'ssh-keygen is not on this machine, and it makes the signatures.',
          not: 'Nothing was signed or sent.',
          next: "Install OpenSSH's client (Debian: openssh-client), then the same command again.",
        },
        exitCodes.refused,
      );
    if (signed.code !== 0)
      throw new ClientFailure(
        {
          now: `ssh-keygen could not sign with ${key}: ${signed.stderr.trim() || 'it does not say why'}.`,
          not: 'Nothing was signed or sent.',
          next: 'Mend that, or name another key with `--key`.',
        },
        exitCodes.refused,
      );
    return await readFile(`${file}.sig`, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The key with which git signs commits here, if it does so with SSH. */
export async function keyOfGit(): Promise<string | undefined> {
  const asked = async (...args: string[]) => (await runTool('git', ['config', ...args]))?.stdout.trim() ?? '';
  if ((await asked('--get', 'gpg.format')) !== 'ssh') return undefined;
  const key = await asked('--type=path', '--get', 'user.signingkey');
  return key === '' ? undefined : key.replace(/^key::/, '');
}

/** Git takes a public key in place of a file. */
function isPublicKey(key: string): boolean {
  return /^(ssh|ecdsa|sk)-\S+ \S/.test(key);
}

async function keptKey(folder: string, key: string): Promise<string> {
  const file = path.join(folder, 'key.pub');
  await writeFile(file, `${key}\n`);
  return file;
}

/** Runs a tool that may ask the person something; that a key waits to be touched is shown at once. */
async function runTool(program: string, args: readonly string[]): Promise<Ended | undefined> {
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
    if (text.includes('Confirm user presence')) process.stderr.write(text);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    child.once('close', (code) => {
      resolve({ code, ...said });
    });
  });
}
