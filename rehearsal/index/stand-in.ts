import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IndexOptions, IndexStandIn } from './contract.js';
import { FaultScript } from './faults.js';
import { normalizeName } from './names.js';
import { deleteFile, quarantine, setYanked } from './owner.js';
import { OwnersPages } from './owner/pages.js';
import { PassThrough } from './pass-through.js';
import { RequestHandler } from './server.js';
import type { Site } from './site.js';
import type { Release } from './state.js';
import { Store } from './store.js';
import { TrustedPublishing } from './trusted-publishing.js';

/** Starts a stand-in of a package index on loopback; rejects when its port is taken. */
export async function startIndex(options: IndexOptions): Promise<IndexStandIn> {
  // A throttled upload may take any time; a client may think for a while between two requests.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const stopping = new AbortController();
  const site = openSite(options, server, stopping.signal);
  const faults = new FaultScript();
  const handler = new RequestHandler(site, faults, stopping.signal);
  const underWay = new Set<Promise<void>>();
  server.on('request', (request, response) => {
    const handled = handler.handle(request, response).finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  const close = async () => {
    stopping.abort();
    server.close();
    server.closeAllConnections();
    await Promise.all(underWay);
    site.store.journal.close();
  };
  let closed: Promise<void> | undefined;
  return {
    url: site.url,
    uploadUrl: `${site.url}legacy/`,
    simpleUrl: `${site.url}simple/`,
    misbehave: (rule) => faults.add(rule),
    behave: () => faults.clear(),
    yank: (project, version, reason = '') => changeYank(site, project, version, reason || true),
    unyank: (project, version) => changeYank(site, project, version, false),
    quarantine: (project, version) => quarantine(site.store, project, version),
    mails: () => site.ownersPages?.mails ?? [],
    deleteFile: (filename) => deleteFile(site.store, filename),
    accessLog: () => site.store.journal.entries,
    close: () => (closed ??= close()),
  };
}

/** The folder is opened when the port is ours, so that a second start cannot disturb the first. */
function openSite(options: IndexOptions, server: Server, signal: AbortSignal): Site {
  const { port } = server.address() as AddressInfo;
  const store = openStore(options, server);
  return {
    url: `http://127.0.0.1:${port}/`,
    store,
    tokens: options.tokens,
    trustedPublishing: new TrustedPublishing(options.trust, () => store.now()),
    own: new Set(options.own?.map(normalizeName)),
    owner: options.owner,
    ownersPages: options.web && new OwnersPages(options.web, store),
    passThrough: options.upstream && new PassThrough(options.upstream, signal),
  };
}

function openStore({ folder, now = () => new Date() }: IndexOptions, server: Server): Store {
  try {
    return new Store(folder, now);
  } catch (error) {
    server.close();
    throw error;
  }
}

function changeYank({ store }: Site, project: string, version: string, yanked: Release['yanked']): void {
  const release = setYanked(store, project, version, yanked, null);
  if ('status' in release) throw new Error(`${release.reason}.`);
}
