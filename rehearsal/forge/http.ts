import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Fault } from './faults.js';

/** A request that has arrived whole. */
export interface Exchange {
  /** Numbers requests in the order of their arrival. */
  readonly request: number;
  readonly method: string;
  /** As it was sent, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly fault: Fault | undefined;
}

/** An answer; a string is sent as UTF-8. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Why it is a refusal, for the journal. */
  readonly reason?: string;
}

/** What the API says no with. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(
    readonly status: number,
    message: string,
    more: { readonly errors?: readonly unknown[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    const { errors, headers } = more;
    const about = { documentation_url: 'https://docs.github.com/rest', status: String(status) };
    const reply = json(status, { message, ...(errors === undefined ? {} : { errors }), ...about }, headers);
    this.reply = { ...reply, reason: message };
  }
}

/** A 422 that names what is wrong. */
export function invalid(resource: string, field: string, code = 'invalid'): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code }] });
}

/** A 422 that says what is wrong in words. */
export function invalidBecause(resource: string, message: string): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, code: 'custom', message }] });
}

/** The usual answer to what is not there or must not be seen. */
export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

/** An answer without a body. */
export const noContent: Reply = { status: 204 };

/** Sends an answer. */
export function send(reply: Reply, response: ServerResponse, withBody: boolean): void {
  const body = Buffer.from(reply.body ?? '');
  const framing = reply.status === 304 || reply.status === 204 ? {} : { 'content-length': body.length };
  response.writeHead(reply.status, { ...framing, ...reply.headers });
  response.end(withBody ? body : undefined);
}
