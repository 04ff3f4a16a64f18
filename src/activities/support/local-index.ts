import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { IndexAddress, Manifest } from '../../contract/release.js';
import type { ArtifactStore } from './store.js';

/** Serves the kept files of a manifest, and nothing else, as an index on loopback, for as long as `body` takes. */
export async function onLocalIndex<T>(
  store: ArtifactStore,
  manifest: Manifest,
  body: (index: IndexAddress) => Promise<T>,
): Promise<T> {
  const server = createServer(({ url = '' }, response) => {
    answer(store, manifest, url, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  try {
    return await body({ name: 'the local index of this service', upload: url, simple: `${url}simple/` });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function answer(
  store: ArtifactStore,
  { package: name, files }: Manifest,
  url: string,
  response: ServerResponse,
): Promise<void> {
  if (url === `/simple/${name}/`) {
    const listed = files.map(({ filename, sha256 }) => ({
      filename,
      url: `/files/${sha256}/${filename}`,
      hashes: { sha256 },
      yanked: false,
    }));
    const page = JSON.stringify({ meta: { 'api-version': '1.0' }, name, files: listed });
    response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' }).end(page);
    return;
  }
  const file = files.find(({ filename, sha256 }) => url === `/files/${sha256}/${filename}`);
  if (file === undefined) response.writeHead(404).end();
  else
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(await store.get(file.sha256));
}
