import type { ForgeSetting } from '../../../config/settings.js';
import { githubApp, installationToken } from '../github-app.js';
import { credentialsIn, type Credentials, type Network } from '../network.js';

/** What lets git in at a repository by the settings, where this zone may hold it. */
export async function repositoryCredentials(
  network: Network,
  address: string,
): Promise<Credentials | undefined> {
  const setting = Object.values(network.settings.packages).find(({ repository }) => repository === address);
  if (setting === undefined) return undefined;
  const { credentials, forge } = setting;
  const name = credentials ?? forge.token ?? forge.app?.key;
  if (name === undefined || !network.secrets.has(name)) return undefined;
  if (credentials !== undefined) return credentialsIn(network.secrets.get(name));
  // Forges take a token for a password, whoever the user says they are.
  return { user: 'x-access-token', password: await tokenOf(network, address, forge) };
}

async function tokenOf(network: Network, address: string, forge: ForgeSetting): Promise<string> {
  const { app, token } = forge;
  return app === undefined
    ? network.secrets.get(token ?? '')
    : installationToken(githubApp(network, address, forge, app), app);
}
