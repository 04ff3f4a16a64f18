import { createReadStream } from 'node:fs';
import { STATUS_CODES, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapeHtml } from '../serving/html.js';
import type { Fault } from './faults.js';
import type { IndexState } from './state.js';

/** A request while it is being answered. */
export interface Exchange {
  /** Numbers requests in the order of their arrival. */
  readonly request: number;
  readonly method: string;
  /** The decoded path, without the query. */
  readonly path: string;
  /** The query as it was sent, without its question mark. */
  readonly query: string;
  /** Where the request comes from. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  /** What the index shows to this request: its state, or an older one. */
  readonly view: IndexState;
  /** Set as soon as a scripted fault is found to fit. */
  fault: Fault | undefined;
  /** The file of an upload, as soon as it is known. */
  filename: string | undefined;
}

/** An answer; a string is sent as UTF-8. */
export interface Reply {
  readonly status: number;
  /** Default: the usual phrase of the status. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | FileBody;
}

/** A file that is sent from the disk. */
export interface FileBody {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/** An answer with a page that says the same as its reason phrase. */
export function failure(
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const title = escapeHtml(`${status} ${reason}`);
  const body = `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n </body>\n</html>\n`;
  return { status, reason, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body };
}

/** The page of a CDN that takes the client for a robot; the index behind it never hears of the request. */
export const challenge: Reply = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: [
    '<!DOCTYPE html>\n<html lang="en">\n<head><title>Client Challenge</title></head>\n<body>',
    '<noscript><p>JavaScript is disabled in your browser.</p><p>Please enable JavaScript to proceed.</p></noscript>',
    '<p>A required part of this site couldn’t load. This may be due to a browser extension, network issues, or browser settings.</p>',
    '<script src="/_fs-ch-1T1wmsGaOgGaSxcX/script.js"></script>\n</body>\n</html>\n',
  ].join('\n'),
};

/** A permanent redirect to a path of this server. */
export function moved(location: string): Reply {
  return { status: 301, headers: { location } };
}

/** Sends an answer and resolves when the client has it or is gone. */
export async function send(
  reply: Reply,
  response: ServerResponse,
  withBody: boolean,
  pace: Pace,
): Promise<void> {
  const { status, reason = STATUS_CODES[status] ?? 'Unknown', headers, body = '' } = reply;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.size;
  const framing = status === 304 ? {} : { 'content-length': length };
  response.writeHead(status, reasonPhrase(reason), { ...framing, ...headers });
  if (!withBody || length === 0) return void response.end();
  const chunks: AsyncIterable<Buffer> | Buffer[] =
    typeof body === 'string' ? [Buffer.from(body)] : createReadStream(body.path);
  await pipeline(paced(chunks, pace), response);
}

/** Header fields hold ISO 8859-1 on one line, and some of what goes into reasons comes from clients. */
function reasonPhrase(reason: string): string {
  return reason.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?');
}

/** A speed in bytes per second that may be set while bytes are on their way; undefined means full speed. */
export interface Pace {
  readonly bytesPerSecond: () => number | undefined;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Passes chunks on at the wanted speed, ten times a second. */
export async function* paced(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { bytesPerSecond, signal }: Pace,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length;) {
      const speed = bytesPerSecond();
      const end = speed === undefined ? chunk.length : start + Math.max(1, Math.floor(speed / 10));
      if (speed !== undefined) await sleep(100, undefined, { signal });
      yield chunk.subarray(start, end);
      start = end;
    }
  }
}
