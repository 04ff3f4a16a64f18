import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { makeKey, type PersonsKey } from '../../rehearsal/world/keys.js';
import { createSignatureActivities } from '../../src/activities/signatures.js';
import { signed, signedWhereItCan, toSign } from '../../src/client/signing.js';
import { keyOfGit } from '../../src/client/ssh.js';
import { statementOf } from '../../src/contract/signing.js';
import type { Message } from '../../src/contract/messages.js';
import { exampleGate, exampleLedger } from '../contract/example-release.js';

let folder: string;
let agent: ChildProcess;
let keys: Record<'file' | 'agent' | 'locked', PersonsKey>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-signing-'));
  const [file, held, locked] = await Promise.all([
    makeKey(folder, 'file'),
    makeKey(folder, 'agent', { type: 'ecdsa' }),
    makeKey(folder, 'locked', { passphrase: 'not typed here' }),
  ]);
  keys = { file, agent: held, locked };
  const socket = path.join(folder, 'agent.socket');
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  // It says its variables once it listens.
  await once(agent.stdout ?? agent, 'data');
  vi.stubEnv('SSH_AUTH_SOCK', socket);
  await execa('ssh-add', ['-q', held.file]);
  await rm(held.file);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  const ended = once(agent, 'exit');
  agent.kill();
  await ended;
  await rm(folder, { recursive: true });
});

/** What git's own settings say, and no other's. */
async function gitSays(lines: string): Promise<void> {
  const file = path.join(folder, 'gitconfig');
  await writeFile(file, lines);
  vi.stubEnv('GIT_CONFIG_GLOBAL', file);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
}
beforeEach(() => gitSays(''));

const { digest } = exampleGate();
const answer = { by: 'grace', gate: 'production', digest: digest.slice(0, 12) };

/** A release that waits at the gate for production, of which these keys of grace are known. */
function waiting(known: readonly PersonsKey[] = Object.values(keys)) {
  const signers = known.map(({ publicKey }) => `grace ${publicKey}`);
  return exampleLedger(
    { gates: [exampleGate({ id: 'production' })] },
    { signatures: { demanded: ['production'], signers } },
  );
}

/** Whether the service would take the signature of a message. */
async function isProven(message: Message): Promise<boolean> {
  const ledger = waiting();
  const { id = '', signature = '', by } = message;
  const statement = statementOf(ledger, 'approve', { ...message, id });
  const signers = ledger.terms?.signatures?.signers ?? [];
  const { proven } = await createSignatureActivities().checkSignature({ by, statement, signature, signers });
  return proven;
}

describe('an answer is signed', () => {
  test('with an id, the whole digest, and an end within the hour', () => {
    const whole = toSign(waiting(), answer);
    expect(whole).toMatchObject({ by: 'grace', digest });
    expect(whole.id).toMatch(/^[0-9a-f-]{36}$/);
    const left = Date.parse(whole.expires) - Date.now();
    expect(left).toBeGreaterThan(3590_000);
    expect(left).toBeLessThanOrEqual(3600_000);
  });

  test('with the file of a key', async () => {
    expect(await isProven(await signed(waiting(), 'approve', answer, keys.file.file))).toBe(true);
  });

  test('with a key that only the agent holds, by its .pub file', async () => {
    expect(await isProven(await signed(waiting(), 'approve', answer, `${keys.agent.file}.pub`))).toBe(true);
  });

  test.each([
    ['a file', () => keys.file.file],
    ['a public key that the agent holds', () => keys.agent.publicKey],
    ['a public key with its mark', () => `key::${keys.agent.publicKey}`],
  ])('with the key with which git signs: %s', async (_, key) => {
    await gitSays(`[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ${key()}\n`);
    expect(await isProven(await signedWhereItCan(waiting(), 'approve', answer, undefined))).toBe(true);
  });
});

describe('the key of git', () => {
  test('is none where git signs with something else', async () => {
    await gitSays('[user]\n\tsigningkey = ABCDEF\n');
    expect(await keyOfGit()).toBeUndefined();
  });

  test('is not used where the release knows no key of the person', async () => {
    await gitSays(`[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ${keys.file.file}\n`);
    const merge = { ...answer, gate: 'merge' };
    expect(await signedWhereItCan(waiting([]), 'approve', merge, undefined)).toEqual(merge);
  });
});

describe('without a key', () => {
  test('an approval that has to be signed is not sent, and the remedy is named', async () => {
    const sent = signedWhereItCan(waiting(), 'approve', answer, undefined);
    await expect(sent).rejects.toThrow(/Nothing was sent\.[^]*--key ~\/\.ssh\/id_ed25519/);
    const stranger = signedWhereItCan(waiting(), 'approve', { ...answer, by: 'root' }, 'none');
    await expect(stranger).rejects.toThrow(
      /knows no key of root, only of grace: say who you are with `--as`/,
    );
  });

  test('everything else is sent as it is', async () => {
    const merge = { ...answer, gate: 'merge' };
    expect(await signedWhereItCan(waiting(), 'approve', merge, undefined)).toEqual(merge);
    expect(await signedWhereItCan(waiting(), 'reject', answer, 'none')).toEqual(answer);
  });
});

describe('a key that cannot sign', () => {
  const nowhere = () => path.join(folder, 'nowhere');

  test('keeps an approval back with the reason', async () => {
    const sent = signedWhereItCan(waiting(), 'approve', answer, nowhere());
    await expect(sent).rejects.toThrow(/ssh-keygen could not sign with .*No such file/s);
  });

  test('keeps no reject back, which only stops', async () => {
    expect(await signedWhereItCan(waiting(), 'reject', answer, nowhere())).toEqual(answer);
  });

  test('is none without ssh-keygen, and the remedy is named', async () => {
    const { PATH: searched } = process.env;
    vi.stubEnv('PATH', folder);
    try {
      const sent = signedWhereItCan(waiting(), 'approve', answer, keys.file.file);
      await expect(sent).rejects.toThrow(/ssh-keygen is not on this machine.*openssh-client/s);
    } finally {
      vi.stubEnv('PATH', searched);
    }
  });
});
