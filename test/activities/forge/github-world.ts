import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import type { ForgeStandIn, RepositorySettings } from '../../../rehearsal/forge/contract.js';
import { startForge } from '../../../rehearsal/forge/stand-in.js';
import type { Forge } from '../../../src/activities/forge/forge.js';
import { forges } from '../../../src/activities/forge/forges.js';
import { makeForgeWorld, type World } from '../git-world.js';

/** A world whose repository lives on the GitHub-compatible stand-in; the service acts as an app there. */
export interface GithubWorld {
  readonly world: World;
  readonly standIn: ForgeStandIn;
  readonly forge: Forge;
  /** Calls the API as somebody. */
  as(login: string, method: string, route: string, body?: object): Promise<Record<string, unknown>>;
}

const { publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const tokenOf = (login: string) => `token-of-${login}`;

/** Starts it with main and a release branch; it is gone when the test is over. */
export async function makeGithubWorld(
  settings: Partial<RepositorySettings> = {},
  forgeSettings: Readonly<Record<string, unknown>> = {},
): Promise<GithubWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'github-world-'));
  const standIn = await startForge({
    folder,
    mergeabilityDelay: 0,
    accounts: [
      ...['ada', 'grace', 'linus'].map((login) => ({ login, token: tokenOf(login) })),
      { login: 'slipway', token: tokenOf('slipway'), app: { id: 1, installation: 2, publicKey } },
    ],
    repositories: [
      {
        owner: 'o',
        name: 'demo',
        permissions: { ada: 'admin', grace: 'write', linus: 'write', slipway: 'write' },
      },
    ],
  });
  onTestFinished(async () => {
    await standIn.close();
    await rm(folder, { recursive: true, force: true });
  });
  const repository = standIn.cloneUrl('o/demo');
  const world = await makeForgeWorld(
    { repository, remote: standIn.gitFolder('o/demo'), pushTo: standIn.cloneUrl('o/demo', 'ada') },
    { kind: 'github', api: standIn.apiUrl, token: 'FORGE_TOKEN', poll: 1, ...forgeSettings },
    { FORGE_TOKEN: tokenOf('slipway') },
  );
  standIn.configure('o/demo', settings);
  return {
    world,
    standIn,
    forge: forges(world.bench)(repository),
    async as(login, method, route, body) {
      const response = await fetch(`${standIn.apiUrl}/repos/o/demo${route}`, {
        method,
        headers: { authorization: `token ${tokenOf(login)}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${route}: ${String(response.status)} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
  };
}
