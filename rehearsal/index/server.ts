import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultScript } from './faults.js';
import { challenge, failure, send, type Exchange, type Pace, type Reply } from './http.js';
import { formBoundary, gather, MalformedForm } from './multipart.js';
import { receiveForm } from './received.js';
import { answer } from './routes.js';
import type { Site } from './site.js';
import { decideUpload } from './upload.js';

const MAX_OTHER_BODY_BYTES = 64 * 1024;

/** Takes each request in whole, applies the scripted fault that fits it, notes it, and answers. */
export class RequestHandler {
  readonly #site: Site;
  readonly #faults: FaultScript;
  readonly #signal: AbortSignal;
  #requests: number;

  /** The signal ends all waiting. */
  constructor(site: Site, faults: FaultScript, signal: AbortSignal) {
    this.#site = site;
    this.#faults = faults;
    this.#signal = signal;
    this.#requests = site.store.journal.entries.reduce(
      (most, { request }) => Math.max(most, request ?? 0),
      0,
    );
  }

  /** Resolves when the client has its answer or is gone. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = this.#begin(request);
    const throttled = () => (exchange.fault?.kind === 'throttle' ? exchange.fault.bytesPerSecond : undefined);
    const pace: Pace = { bytesPerSecond: throttled, signal: this.#signal };
    try {
      const reply = await this.#reply(exchange, request, pace);
      this.#note(exchange, reply);
      if (reply === null) request.socket.resetAndDestroy();
      else await send(reply, response, exchange.method !== 'HEAD', pace);
    } catch (error) {
      // The client is gone, or the stand-in is being closed, or this is a fault that nobody scripted.
      if (!response.headersSent) this.#note(exchange, null, `No answer: ${(error as Error).message}`);
      request.socket.destroy();
    }
  }

  #begin(request: IncomingMessage): Exchange {
    const { method = 'GET', url = '/', headers } = request;
    const mark = url.indexOf('?') < 0 ? url.length : url.indexOf('?');
    const [path, query] = [decodePath(url.slice(0, mark)), url.slice(mark + 1)];
    const address = request.socket.remoteAddress ?? '';
    const { store } = this.#site;
    this.#requests += 1;
    const about = { request: this.#requests, method, path, query, address, headers, filename: undefined };
    const fault = this.#faults.forRequest(about);
    return { ...about, fault, view: fault?.kind === 'stale' ? store.past(fault) : store.state };
  }

  async #reply(exchange: Exchange, body: AsyncIterable<Buffer>, pace: Pace): Promise<Reply | null> {
    try {
      const isUpload = exchange.method === 'POST' && exchange.path === '/legacy/';
      if (isUpload) return await this.#upload(exchange, body, pace);
      const text = (await gather(body, MAX_OTHER_BODY_BYTES)).toString('utf8');
      return await this.#misbehave(exchange, () => answer(exchange, text, this.#site));
    } catch (error) {
      if (error instanceof MalformedForm) return failure(400, error.message);
      throw error;
    }
  }

  async #upload(exchange: Exchange, body: AsyncIterable<Buffer>, pace: Pace): Promise<Reply | null> {
    const path = this.#site.store.incomingPath();
    try {
      const boundary = formBoundary(exchange.headers['content-type']);
      const form = await receiveForm(body, boundary, path, pace, (filename) => {
        exchange.filename = filename;
        const fault = this.#faults.forUpload(exchange);
        exchange.fault ??= fault;
      });
      return await this.#misbehave(exchange, () => decideUpload(exchange, form, this.#site));
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Null stands for a connection that is reset. */
  async #misbehave({ fault }: Exchange, act: () => Promise<Reply>): Promise<Reply | null> {
    switch (fault?.kind) {
      case 'answer':
        return failure(fault.status, fault.reason ?? 'As scripted', fault.headers);
      case 'challenge':
        return challenge;
      case 'delay':
        await sleep(fault.ms, undefined, { signal: this.#signal });
        return act();
      case 'drop-before-commit':
        return null;
      case 'commit-then-drop':
        await act();
        return null;
      case 'commit-then-answer':
        await act();
        return failure(fault.status, fault.reason ?? 'As scripted');
      default:
        return act();
    }
  }

  #note(
    { request, method, path, headers, filename, fault }: Exchange,
    reply: Reply | null,
    reason = reply?.reason,
  ): void {
    this.#site.store.note({
      kind: 'request',
      request,
      method,
      path,
      status: reply?.status ?? null,
      reason,
      filename,
      userAgent: headers['user-agent'],
      fault: fault?.kind,
    });
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
