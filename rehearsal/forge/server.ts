import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerApi, refusing, withApiHeaders } from './api.js';
import { faultOf, type ForgeFaults } from './faults.js';
import { answerGit, credentialsWanted, gitRequest } from './git-http.js';
import { json, notFound, Refusal, send, type Exchange, type Reply } from './http.js';
import { secondaryLimit, type Limits } from './limits.js';
import type { KnownAccount, Site } from './site.js';

/** Who asks; `unknown` is a token that nobody has. */
type Asking = KnownAccount | 'unknown' | undefined;

/** Takes each request in whole, applies the scripted fault that fits it, notes it, and answers. */
export class RequestHandler {
  readonly #site: Site;
  readonly #faults: ForgeFaults;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  #requests: number;

  /** The signal ends all waiting. */
  constructor(site: Site, faults: ForgeFaults, limits: Limits, signal: AbortSignal) {
    this.#site = site;
    this.#faults = faults;
    this.#limits = limits;
    this.#signal = signal;
    this.#requests = site.store.journal.entries.reduce(
      (most, { request }) => Math.max(most, request ?? 0),
      0,
    );
  }

  /** Resolves when the client has its answer or is gone. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const [path = '/', query = ''] = url.split('?', 2);
    this.#requests += 1;
    const number = this.#requests;
    const asking = this.#asking(headers.authorization);
    const by = typeof asking === 'object' ? asking.login : undefined;
    const fault = faultOf(this.#faults, { method, path, by });
    const noted = {
      request: number,
      method,
      path: url,
      by,
      userAgent: headers['user-agent'],
      fault: fault?.kind,
    };
    const note = (reply: Reply | null, reason = reply?.reason) =>
      this.#site.store.note({ kind: 'request', ...noted, status: reply?.status ?? null, reason });
    try {
      const body = Buffer.concat((await request.toArray()) as Buffer[]);
      const about = {
        request: number,
        method,
        path,
        query: new URLSearchParams(query),
        headers,
        body,
        fault,
      };
      const reply = await this.#misbehave(about, by, () => this.#answer(about, asking));
      note(reply);
      if (reply === null) request.socket.resetAndDestroy();
      else send(reply, response, method !== 'HEAD');
    } catch (error) {
      // The client is gone, or the stand-in is being closed, or this is a fault that nobody scripted.
      if (!response.headersSent) note(null, `No answer: ${(error as Error).message}`);
      request.socket.destroy();
    }
  }

  #asking(authorization: string | undefined): Asking {
    if (authorization === undefined) return undefined;
    const [scheme = '', value = ''] = authorization.split(' ', 2);
    const candidates =
      scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8').split(':') : [value];
    const tokens = candidates.filter((it) => it !== '');
    return this.#site.accounts.find(({ token }) => tokens.includes(token)) ?? 'unknown';
  }

  async #answer(exchange: Exchange, asking: Asking): Promise<Reply> {
    const { path } = exchange;
    const [api, uploads] = [this.#site.apiUrl, this.#site.uploadsUrl].map((url) =>
      url.slice(this.#site.url.length),
    );
    const git = gitRequest(path);
    if (git !== undefined)
      return refusing(async () => {
        if (asking === 'unknown') throw credentialsWanted();
        const reply = await answerGit(this.#site, exchange, asking, git);
        return reply;
      });
    const isUpload = uploads !== undefined && path.startsWith(`${uploads}/`);
    const prefix = (isUpload ? uploads : api) ?? '';
    if (!path.startsWith(`${prefix}/`)) return notFound().reply;
    if (asking === 'unknown') return this.#refused(new Refusal(401, 'Bad credentials'), exchange, undefined);
    const request = { account: asking, path: path.slice(prefix.length), isUpload };
    return answerApi(this.#site, this.#limits, exchange, request);
  }

  /** Null stands for a connection that is reset. */
  async #misbehave(
    exchange: Exchange,
    by: string | undefined,
    act: () => Promise<Reply>,
  ): Promise<Reply | null> {
    const { fault } = exchange;
    switch (fault?.kind) {
      case 'answer':
        return json(fault.status, { message: fault.message ?? 'As scripted' }, fault.headers);
      case 'primary-limit':
        return this.#refused(this.#limits.exhaust(by, fault.seconds), exchange, by);
      case 'secondary-limit':
        return this.#refused(secondaryLimit(fault.retryAfter, fault.status ?? 403), exchange, by);
      case 'delay':
        await sleep(fault.ms, undefined, { signal: this.#signal });
        return act();
      case 'drop-before-commit':
        return null;
      case 'commit-then-drop':
      case 'half-merge':
        await act();
        return null;
      case 'commit-then-answer':
        await act();
        return json(fault.status, { message: fault.message ?? 'As scripted' });
      default:
        return act();
    }
  }

  #refused({ reply }: Refusal, exchange: Exchange, by: string | undefined): Reply {
    return withApiHeaders(reply, this.#limits.headers(by), exchange);
  }
}
