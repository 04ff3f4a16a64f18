import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request as plainRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

/** A server of a test, with what it was asked: `method path`, or `CONNECT host:port`, and whether it let that in. */
export interface Guarded {
  readonly port: number;
  readonly asked: { readonly what: string; readonly letIn: boolean }[];
  close(): Promise<void>;
}

/** Makes a certificate authority and a certificate of it for these hosts; returns the paths of the files. */
export async function makeCertificates(folder: string, hosts: readonly string[]) {
  const at = (name: string) => path.join(folder, name);
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const openssl = async (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=A test',
    '-days',
    '2',
  );
  await openssl(
    ...[
      'req',
      '-x509',
      ...key,
      '-keyout',
      'server.key',
      '-out',
      'server.pem',
      '-subj',
      '/CN=A server',
      '-days',
      '2',
    ],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', `subjectAltName=${names}`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  return { ca: at('ca.pem'), key: at('server.key'), certificate: at('server.pem') };
}

type Certificates = Awaited<ReturnType<typeof makeCertificates>>;

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

/** A proxy that wants credentials and finds every host on this machine, at the port that `places` says for it. */
export async function startProxy(
  credentials: string,
  places: Readonly<Record<string, number>>,
): Promise<Guarded> {
  const asked: Guarded['asked'] = [];
  const isKnown = ({ headers }: IncomingMessage) => headers['proxy-authorization'] === basic(credentials);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '');
    asked.push({ what: `${request.method ?? ''} ${url.href}`, letIn: isKnown(request) });
    if (!isKnown(request))
      return void response.writeHead(407, { 'proxy-authenticate': 'Basic realm="x"' }).end();
    const { method, headers } = request;
    const onwards = plainRequest(
      { host: '127.0.0.1', port: places[url.hostname], path: url.pathname, method, headers },
      (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    request.pipe(onwards);
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push({ what: `CONNECT ${request.url ?? ''}`, letIn: isKnown(request) });
    client.on('error', () => undefined);
    const port = places[(request.url ?? '').split(':')[0] ?? ''];
    if (!isKnown(request))
      return void client.end('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n');
    if (port === undefined) return void client.end('HTTP/1.1 502 No such host\r\n\r\n');
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    client.once('close', () => target.destroy());
  });
  return listen(server, asked);
}

/** An https server that answers only who brings these credentials, where `isGuarded`. */
export async function startGuarded(
  certificates: Certificates,
  credentials: string,
  isGuarded: (url: string) => boolean,
  answer: RequestListener,
): Promise<Guarded> {
  const asked: Guarded['asked'] = [];
  const [key, cert] = [await readFile(certificates.key), await readFile(certificates.certificate)];
  const server = createTlsServer({ key, cert }, (request, response) => {
    const { method = '', url = '', headers } = request;
    const letIn = !isGuarded(url) || headers.authorization === basic(credentials);
    asked.push({ what: `${method} ${url}`, letIn });
    if (letIn) answer(request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  });
  return listen(server, asked);
}

/** What an index on loopback answers, as if it stood at another address. */
export function asIf(inner: string, outer: string): RequestListener {
  return (request, response) => {
    void (async () => {
      const body = await buffer(request);
      const { method, url = '/', headers } = request;
      const target = new URL(url, inner);
      const sent = plainRequest(target, { method, headers: { ...headers, host: target.host } }).end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      const isPage = /json|html/.test(answer.headers['content-type'] ?? '');
      const bytes = await buffer(answer);
      const told = isPage ? Buffer.from(bytes.toString('utf8').replaceAll(inner, outer)) : bytes;
      const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, answer.statusMessage, kept).end(told);
    })();
  };
}

/** git's own server program, for the repositories in a folder. */
export function gitBackend(folder: string): RequestListener {
  return (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const child = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: request.method,
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'],
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
        REMOTE_USER: 'robot',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(child.stdin);
    void buffer(child.stdout).then((output) => {
      const end = output.indexOf('\r\n\r\n');
      const lines = output.subarray(0, end).toString('latin1').split('\r\n');
      const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]));
      const status = Number(headers.Status?.slice(0, 3) ?? '200');
      delete headers.Status;
      response.writeHead(status, headers).end(output.subarray(end + 4));
    });
  };
}

async function listen(server: ReturnType<typeof createServer>, asked: Guarded['asked']): Promise<Guarded> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
