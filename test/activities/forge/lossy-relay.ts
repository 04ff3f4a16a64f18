import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a server on loopback that can lose what is said. */
export interface LossyRelay {
  readonly url: string;
  /** Has the next such request carried out to its end, and its answer lost. */
  loseAnswer(method: string, path: RegExp): void;
  /** Breaks the next such request off, for both sides, as soon as something has happened that is waited for then. */
  breakOff(method: string, path: RegExp, happened: () => Promise<unknown>): void;
  close(): Promise<void>;
}

interface Fault {
  readonly method: string;
  readonly path: RegExp;
  /** When a request that fits is broken off; without it, when it was answered. */
  readonly happened?: () => Promise<unknown>;
}

/** One request and its answer, with their bodies as texts. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** Opens a relay to the server at an address, which tells what is said over it. */
export async function openRelay(
  target: string,
  heard: (exchange: Exchange) => void = () => undefined,
): Promise<LossyRelay> {
  const faults: Fault[] = [];
  const server = createServer((incoming, outgoing) => {
    const due = faults.findIndex(
      ({ method, path }) => method === incoming.method && path.test(pathOf(incoming)),
    );
    const [fault] = due === -1 ? [] : faults.splice(due, 1);
    relay({ target, heard, fault }, incoming, outgoing);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    loseAnswer: (method, path) => void faults.push({ method, path }),
    breakOff: (method, path, happened) => void faults.push({ method, path, happened }),
    close: () => close(server),
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/\?.*/, '');
}

interface Passage {
  readonly target: string;
  readonly heard: (exchange: Exchange) => void;
  readonly fault: Fault | undefined;
}

function relay({ target, heard, fault }: Passage, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = '', url = '', headers } = incoming;
  const onward = request(target + url, { method, headers, agent: false });
  const breakOff = () => {
    onward.destroy();
    outgoing.destroy();
  };
  const body = textOf(incoming);
  onward.on('error', breakOff);
  onward.on('response', (response) => {
    const { statusCode: status = 0 } = response;
    const answer = textOf(response);
    response.on('end', () => heard({ method, url: target + url, body: body(), status, answer: answer() }));
    if (fault !== undefined) {
      response.on('end', breakOff);
      return;
    }
    outgoing.writeHead(status, response.headers);
    response.on('error', breakOff).pipe(outgoing);
  });
  incoming.pipe(onward);
  void fault?.happened?.().then(breakOff);
}

/** Gathers what comes; says it once all of it is there. */
function textOf(message: IncomingMessage): () => string {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
