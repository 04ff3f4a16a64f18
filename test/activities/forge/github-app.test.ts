import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import type { ForgeStandIn } from '../../../rehearsal/forge/contract.js';
import { startForge } from '../../../rehearsal/forge/stand-in.js';
import { forges } from '../../../src/activities/forge/forges.js';
import { troubleOf } from '../../../src/contract/failures.js';
import { makeForgeWorld } from '../git-world.js';
import { merge, open, type ForgeWorld } from './forge-world.js';

/** GitHub gives its apps keys of this kind. */
const newKeys = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
const keys = newKeys();

/** A private repository, so that git too is let in only with the app's token. */
async function worldOf(privateKey: string): Promise<ForgeWorld & { standIn: ForgeStandIn }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'github-app-'));
  const app = { id: 7, installation: 11, publicKey: keys.publicKey };
  const standIn = await startForge({
    folder,
    mergeabilityDelay: 0,
    accounts: [
      { login: 'ada', token: 'token-of-ada' },
      { login: 'slipway[bot]', app },
    ],
    repositories: [
      { owner: 'o', name: 'demo', private: true, permissions: { ada: 'admin', 'slipway[bot]': 'write' } },
    ],
  });
  onTestFinished(async () => {
    await standIn.close();
    await rm(folder, { recursive: true, force: true });
  });
  const repository = standIn.cloneUrl('o/demo');
  const world = await makeForgeWorld(
    { repository, remote: standIn.gitFolder('o/demo'), pushTo: standIn.cloneUrl('o/demo', 'ada') },
    {
      kind: 'github',
      api: standIn.apiUrl,
      poll: 1,
      app: { id: '7', installation: '11', key: 'APP_KEY' },
    },
    { APP_KEY: privateKey },
  );
  return { standIn, world, forge: forges(world.bench)(repository), loseMerge: () => Promise.resolve() };
}

test('as an app the service opens, merges and pushes with one token for an hour, which only its key gets', async () => {
  const site = await worldOf(keys.privateKey);
  const pullRequest = await open(site);
  await site.forge.ensureProposed({
    ...{ subject: { package: 'demo-pkg', version: '0.2.0' }, base: 'main', title: 'Back', body: '' },
    ...{ branch: 'slipway/take-back', head: pullRequest.head },
  });
  expect(await site.world.ref('refs/heads/slipway/take-back')).toBe(pullRequest.head);
  expect(await merge(site, pullRequest)).toMatchObject({ passed: true });
  const asked = site.standIn
    .journal()
    .filter((entry) => entry.kind === 'request' && entry.path.endsWith('/access_tokens'));
  expect(asked).toHaveLength(1);
});

test.each([
  ['that is none', 'no key at all', /APP_KEY holds no private key/],
  ['of somebody else', newKeys().privateKey, /401 to the app's key for installation 11/],
])('a key %s is an operator failure', async (_what, key, said) => {
  const site = worldOf(key);
  const failed = await site.then(open).catch((error: unknown) => error);
  expect(troubleOf(failed)?.now).toMatch(said);
});
