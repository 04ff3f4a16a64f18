import { createPrivateKey } from 'node:crypto';

import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';

import type { ForgeSetting } from '../../config/settings.js';
import { failure } from '../../contract/failures.js';
import { addressParts } from './address.js';
import { fetchFor } from './http.js';
import type { Network } from './network.js';

type App = NonNullable<ForgeSetting['app']>;
type AppAuth = ReturnType<typeof createAppAuth>;

/** The apps that this process acts as: each keeps its token until shortly before it ends, an hour later. */
const known = new WeakMap<Network['secrets'], Map<string, AppAuth>>();

/** The address of the API that stands beside a repository on GitHub, or on a server of its owner's own. */
export function githubApiAddress(repository: string, { api }: Pick<ForgeSetting, 'api'>): string {
  const { host, origin } = addressParts(repository);
  return api ?? (host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`);
}

/** The app that the settings name for a repository; it lets in to its API and to its git. */
export function githubApp(
  network: Network,
  repository: string,
  setting: Pick<ForgeSetting, 'api'>,
  app: App,
): AppAuth {
  const baseUrl = githubApiAddress(repository, setting);
  const name = [baseUrl, app.id, app.installation, app.key].join(' ');
  const apps = known.get(network.secrets) ?? new Map<string, AppAuth>();
  known.set(network.secrets, apps);
  const auth =
    apps.get(name) ??
    createAppAuth({
      appId: app.id,
      privateKey: keyOf(network, app.key),
      installationId: app.installation,
      request: new Octokit({ baseUrl, userAgent: 'slipway', request: { fetch: fetchFor(network) } }).request,
    });
  apps.set(name, auth);
  return auth;
}

/** Looked at here, since what a library says of a key that is none helps nobody. */
function keyOf({ secrets }: Network, name: string): string {
  const key = secrets.get(name);
  try {
    createPrivateKey(key);
    return key;
  } catch {
    throw refused(`${name} holds no private key`, name);
  }
}

/** The token with which the app reads and writes what its installation covers. */
export async function installationToken(auth: AppAuth, { key, installation }: App): Promise<string> {
  try {
    const { token } = await auth({ type: 'installation' });
    return token;
  } catch (error) {
    const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
    if (status !== 401 && status !== 403 && status !== 404) throw error;
    throw refused(
      `the forge answers ${String(status)} to the app's key for installation ${installation}`,
      key,
    );
  }
}

function refused(now: string, key: string): Error {
  return failure('operator', {
    now: `${now}.`,
    not: 'The service is not let in as an app.',
    next: `Put app = { id, installation, key } in slipway.toml right and give the worker the app's private key (PEM) in ${key}_FILE, restart it and send \`retry\`.`,
  });
}
