import { readFileSync } from 'node:fs';

import { EnvHttpProxyAgent, type Dispatcher } from 'undici';

import { readingSecrets } from '../../config/secrets.js';
import type { IndexAddress } from '../../contract/release.js';
import type { Workbench } from './workbench.js';

/** What of the workbench says how the network is reached. */
export type Network = Pick<Workbench, 'settings' | 'secrets' | 'proxy'>;

/** A user and a password, as Basic authentication takes them. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The hosts that are reached without the proxy: this machine's own always are. */
export function noProxy({ settings }: Network): string {
  const { noProxy: more } = settings.network;
  return ['localhost', '127.0.0.1', '::1', '[::1]', ...(more === undefined ? [] : [more])].join(',');
}

const dispatchers = new WeakMap<Network, Dispatcher>();

/** The way of our own requests: through the settings' proxy, trusting the settings' certificates, whatever the environment says. */
export function dispatcherOf(network: Network): Dispatcher {
  const known = dispatchers.get(network);
  if (known !== undefined) return known;
  const { caBundle } = network.settings.network;
  const trust = caBundle === undefined ? {} : { ca: readFileSync(caBundle, 'utf8') };
  const made = new EnvHttpProxyAgent({
    connect: trust,
    requestTls: trust,
    proxyTls: trust,
    httpProxy: network.proxy ?? '',
    httpsProxy: network.proxy ?? '',
    noProxy: noProxy(network),
  });
  dispatchers.set(network, made);
  return made;
}

/** The credentials that the settings have for this address of an index; they are sent nowhere else. */
export function readingCredentials({ settings, secrets }: Network, address: string): Credentials | undefined {
  const { network, test, production } = settings;
  const places = [
    { simple: network.mainIndex, name: network.mainIndexCredentials },
    { simple: test.simple, name: test.credentials },
    { simple: production.simple, name: production.credentials },
  ];
  const name = places.find(({ simple }) => simple !== undefined && address.startsWith(simple))?.name;
  return name === undefined ? undefined : credentialsIn(secrets.get(name));
}

/** Reads `user:password`. */
export function credentialsIn(text: string): Credentials {
  const colon = text.indexOf(':');
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The value of an Authorization header. */
export function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** What must not be seen of the network's credentials in anything that a tool prints. */
export function hiddenOf({ settings, secrets }: Network): string[] {
  return readingSecrets(settings)
    .filter((name) => secrets.has(name))
    .flatMap((name) => [secrets.get(name), credentialsIn(secrets.get(name)).password]);
}

/** The variables with which uv installs from one index and no other. */
export function uvIndex(network: Network, { simple }: Pick<IndexAddress, 'simple'>): Record<string, string> {
  const found = readingCredentials(network, simple);
  if (found === undefined) return { UV_DEFAULT_INDEX: simple };
  return {
    UV_DEFAULT_INDEX: `slipway=${simple}`,
    UV_INDEX_SLIPWAY_USERNAME: found.user,
    UV_INDEX_SLIPWAY_PASSWORD: found.password,
  };
}

/** The variables with which pip installs from one index and no other. */
export function pipIndex(network: Network, { simple }: Pick<IndexAddress, 'simple'>): Record<string, string> {
  const found = readingCredentials(network, simple);
  if (found === undefined) return { PIP_INDEX_URL: simple };
  const url = new URL(simple);
  Object.assign(url, {
    username: encodeURIComponent(found.user),
    password: encodeURIComponent(found.password),
  });
  // Otherwise pip would start another pip for the requirements of a build, with this address among its arguments.
  return { PIP_INDEX_URL: url.href, PIP_USE_FEATURE: 'inprocess-build-deps' };
}
