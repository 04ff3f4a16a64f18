import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  request as plainRequest,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';

import type { Secrets } from '../../config/secrets.js';
import type { Settings } from '../../config/settings.js';
import { basic, credentialsIn } from './network.js';

/** The proxy that everything in this process and its tools uses. */
export interface Proxy {
  /** Undefined where the settings name none. */
  readonly address: string | undefined;
  close(): Promise<void>;
}

/**
 * The settings' proxy; where it wants credentials, a relay on loopback that adds them, so that no tool and no code that a
 * tool runs ever holds them. The relay itself lets in whoever has its address, which is made up for this process.
 */
export async function openProxy({ network }: Settings, secrets: Secrets): Promise<Proxy> {
  const { proxy, proxyCredentials, caBundle } = network;
  // One that is missing is named before a release starts; without it the proxy itself says no.
  if (proxy === undefined || proxyCredentials === undefined || !secrets.has(proxyCredentials))
    return { address: proxy, close: () => Promise.resolve() };
  const own = { user: 'slipway', password: randomUUID() };
  const server = relay(new URL(proxy), {
    authorization: basic(credentialsIn(secrets.get(proxyCredentials))),
    expected: basic(own),
    ...(caBundle === undefined ? {} : { ca: readFileSync(caBundle, 'utf8') }),
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://${own.user}:${own.password}@127.0.0.1:${String(port)}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Relaying {
  readonly authorization: string;
  /** What the relay's own clients have to say. */
  readonly expected: string;
  readonly ca?: string;
}

function relay(proxy: URL, { authorization, expected, ca }: Relaying): Server {
  const begin = proxy.protocol === 'https:' ? tlsRequest : plainRequest;
  const onwards = ({ method, url, headers }: IncomingMessage): RequestOptions => ({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
    method,
    path: url,
    headers: { ...headers, 'proxy-authorization': authorization },
    agent: false,
    ...(ca === undefined ? {} : { ca }),
  });
  const isKnown = ({ headers }: IncomingMessage) => headers['proxy-authorization'] === expected;
  const server = createServer((request, response) => {
    if (!isKnown(request)) return void response.writeHead(407, challenge).end();
    const sent = begin(onwards(request), (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    sent.once('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    pipeline(request, sent, () => undefined);
  });
  server.on('connect', (request: IncomingMessage, client: Duplex, first: Buffer) => {
    if (!isKnown(request)) return void client.end(refusal(407, 'Unknown client'));
    const sent = begin(onwards(request));
    sent.once('connect', (answer, tunnel, early) => {
      if (answer.statusCode !== 200) {
        tunnel.destroy();
        return void client.end(refusal(answer.statusCode ?? 502, answer.statusMessage ?? ''));
      }
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      tunnel.write(first);
      client.write(early);
      pipeline(client, tunnel, client, () => undefined);
    });
    sent.once('error', () => client.end(refusal(502, 'The proxy does not answer')));
    client.once('error', () => sent.destroy());
    sent.end();
  });
  return server;
}

const challenge = { 'proxy-authenticate': 'Basic realm="slipway"' };

/** The answer to a CONNECT that comes to nothing; git asks without a password first, and then again. */
function refusal(status: number, reason: string): string {
  const lines = [`HTTP/1.1 ${String(status)} ${reason}`, 'Connection: close', 'Content-Length: 0'];
  if (status === 407) lines.push(`Proxy-Authenticate: ${challenge['proxy-authenticate']}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
