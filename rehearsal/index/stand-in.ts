import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IndexOptions, IndexStandIn } from './contract.js';
import { FaultScript } from './faults.js';
import { normalizeName } from './names.js';
import { deleteFile, setYanked } from './owner.js';
import { PassThrough } from './pass-through.js';
import { RequestHandler } from './server.js';
import type { Site } from './site.js';
import type { Release } from './state.js';
import { Store } from './store.js';

/** Starts a stand-in of a package index on loopback; rejects when its port is taken. */
export async function startIndex(options: IndexOptions): Promise<IndexStandIn> {
  const server = createServer({ requestTimeout: 0 });
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
    yank: (project, version, reason = '') => own(site, project, version, reason || true),
    unyank: (project, version) => own(site, project, version, false),
    deleteFile: (filename) => deleteFile(site.store, filename),
    accessLog: () => site.store.journal.entries,
    close: () => (closed ??= close()),
  };
}

function openSite(options: IndexOptions, server: Server, signal: AbortSignal): Site {
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    store: new Store(options.folder, options.now ?? (() => new Date())),
    tokens: options.tokens,
    own: new Set(options.own?.map(normalizeName)),
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    ...(options.upstream === undefined ? {} : { passThrough: new PassThrough(options.upstream, signal) }),
  };
}

function own({ store }: Site, project: string, version: string, yanked: Release['yanked']): void {
  const release = setYanked(store, project, version, yanked, null);
  if ('status' in release) throw new Error(`${release.reason}.`);
}
