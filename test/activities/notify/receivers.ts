import { once } from 'node:events';
import { createServer as createWebServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

/** Something that notifications arrive at until the end of the test. */
export interface Receiver<T> {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly received: T[];
  /** Settles when the next connection is there. */
  connected(): Promise<unknown>;
  close(): Promise<void>;
}

async function listening<T>(server: Server, received: T[]): Promise<Receiver<T>> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  onTestFinished(close);
  return {
    host: `127.0.0.1:${String(port)}`,
    received,
    connected: () => once(server, 'connection'),
    close,
  };
}

/** A web hook as Apprise's `json://` calls it. */
export interface Posted {
  readonly path: string;
  readonly title: string;
  readonly message: string;
}

/** A web hook that answers with a status, which may change from one request to the next. */
export async function startWebhook(status: () => number = () => 200): Promise<Receiver<Posted>> {
  const received: Posted[] = [];
  const hear: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = status();
      const { title, message } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Posted;
      if (answer === 200) received.push({ path: request.url ?? '', title, message });
      response.writeHead(answer).end();
    });
  };
  return listening(createWebServer(hear), received);
}

/** A server that takes a connection and says nothing. */
export async function startSilence(): Promise<Receiver<never>> {
  return listening(createServer(), []);
}

/** A mail server that takes every mail, without encryption and for anybody. */
export async function startMailServer(): Promise<Receiver<string>> {
  const received: string[] = [];
  return listening(
    createServer((socket) => {
      hearMail(socket, received);
    }),
    received,
  );
}

function hearMail(socket: Socket, received: string[]): void {
  let heard = '';
  let mail = false;
  socket.write('220 ready\r\n');
  socket.on('data', (chunk) => {
    heard += chunk.toString('utf8');
    for (;;) {
      const ending = mail ? '\r\n.\r\n' : '\r\n';
      const end = heard.indexOf(ending);
      if (end < 0) return;
      const said = heard.slice(0, end);
      heard = heard.slice(end + ending.length);
      if (mail) received.push(said);
      mail = !mail && said.toUpperCase() === 'DATA';
      socket.write(mail ? '354 go on\r\n' : said.toUpperCase() === 'QUIT' ? '221 bye\r\n' : '250 taken\r\n');
    }
  });
}
