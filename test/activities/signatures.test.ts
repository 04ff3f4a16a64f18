import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { makeKey, type PersonsKey } from '../../rehearsal/world/keys.js';
import { createSignatureActivities } from '../../src/activities/signatures.js';
import { signatureOf } from '../../src/client/ssh.js';
import { statementOf, type SignedAnswer } from '../../src/contract/signing.js';

const run = { id: 'release/demo/1.0', startedAt: '2026-03-01T12:00:00.000Z' };
const answer = {
  ...{ id: 'nonce', by: 'ada', gate: 'production', digest: 'a'.repeat(64) },
  expires: '2026-03-01T13:00:00.000Z',
};
const statement = statementOf(run, 'approve', answer);
const types = ['ed25519', 'rsa', 'ecdsa'] as const;

let folder: string;
let keys: Record<(typeof types)[number] | 'grace' | 'mallory', PersonsKey>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-keys-'));
  const [ed25519, rsa, ecdsa, grace, mallory] = await Promise.all([
    ...types.map((type) => makeKey(folder, type, { type })),
    makeKey(folder, 'grace'),
    makeKey(folder, 'mallory'),
  ]);
  keys = { ed25519, rsa, ecdsa, grace, mallory } as typeof keys;
});
afterAll(() => rm(folder, { recursive: true }));

const service = createSignatureActivities();

/** Verifies a signature of ada's statement against the keys that are known, with this changed. */
async function verdict(key: keyof typeof keys, changes: Partial<SignedAnswer> = {}) {
  const ofAda = types.map((type) => `ada ${keys[type].publicKey}`);
  const signers = [...ofAda, `grace ${keys.grace.publicKey}`];
  const signature = await signatureOf(statement, keys[key].file);
  return service.checkSignature({ by: 'ada', statement, signature, signers, ...changes });
}

async function fingerprint(key: keyof typeof keys): Promise<string> {
  const { stdout } = await execa('ssh-keygen', ['-l', '-f', `${keys[key].file}.pub`]);
  return stdout.split(' ')[1] ?? '';
}

describe('a signature', () => {
  test.each(types)('by a key of the person is proven, and the key is named: %s', async (type) => {
    expect(await verdict(type)).toEqual({ proven: true, key: await fingerprint(type) });
  });

  test.each([
    ['another release', statementOf({ ...run, id: 'release/demo/1.1' }, 'approve', answer)],
    [
      'an earlier run of it',
      statementOf({ ...run, startedAt: '2026-02-01T12:00:00.000Z' }, 'approve', answer),
    ],
    ['another gate', statementOf(run, 'approve', { ...answer, gate: 'merge' })],
    ['another digest', statementOf(run, 'approve', { ...answer, digest: 'b'.repeat(64) })],
    ['the other answer', statementOf(run, 'reject', answer)],
    ['another reason', statementOf(run, 'approve', { ...answer, reason: 'all is well' })],
    ['a version that was typed again', statementOf(run, 'approve', { ...answer, retyped: '1.0' })],
    ['a later end', statementOf(run, 'approve', { ...answer, expires: '2027-03-01T13:00:00.000Z' })],
    ['another message', statementOf(run, 'approve', { ...answer, id: 'again' })],
    ['another person', statementOf(run, 'approve', { ...answer, by: 'grace' })],
  ])('does not cover %s', async (_, other) => {
    expect(await verdict('ed25519', { statement: other })).toEqual({
      proven: false,
      why: 'the signature is for something else than what this message says in this run of the release',
    });
  });

  test('by a key that nobody knows is foreign', async () => {
    const why = `the key ${await fingerprint('mallory')} is foreign: it is none that this release knows of ada`;
    expect(await verdict('mallory')).toEqual({ proven: false, why });
  });

  test('by the key of somebody else is refused with whose it is', async () => {
    const why = `the key ${await fingerprint('grace')} is that of grace, and not of ada: answer with --as grace`;
    expect(await verdict('grace')).toEqual({ proven: false, why });
  });

  test('that was made for git is none of an answer', async () => {
    const { stdout } = await execa('ssh-keygen', ['-Y', 'sign', '-n', 'git', '-f', keys.ed25519.file], {
      input: statement,
    });
    expect(await verdict('ed25519', { signature: stdout })).toEqual({
      proven: false,
      why: expect.stringMatching(/^the signature was made for another purpose/) as string,
    });
  });

  test.each([
    ['valid-before="20200101"', 'key has expired'],
    ['namespaces="git"', 'key is not permitted'],
  ])('by a key that is restricted with %s does not count', async (option, why) => {
    const { publicKey } = keys.ed25519;
    expect(await verdict('ed25519', { signers: [`ada ${option} ${publicKey}`] })).toEqual({
      proven: false,
      why: expect.stringContaining(why) as string,
    });
  });

  test.each(['', 'yes', '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n'])(
    'that is none, %j, is refused as such',
    async (signature) => {
      expect(await verdict('ed25519', { signature })).toEqual({
        proven: false,
        why: expect.stringMatching(/^this is no SSH signature/) as string,
      });
    },
  );

  test('cannot be verified without ssh-keygen, and the remedy is named', async () => {
    const searched = process.env.PATH;
    process.env.PATH = folder;
    try {
      expect(
        await service.checkSignature({ by: 'ada', statement, signature: 'not looked at', signers: [] }),
      ).toEqual({
        proven: false,
        why: expect.stringContaining('openssh-client') as string,
      });
    } finally {
      process.env.PATH = searched;
    }
  });
});
