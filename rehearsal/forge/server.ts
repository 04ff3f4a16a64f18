import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerApi, refusing, withApiHeaders } from './api.js';
import { whoAsks, type Asking } from './asking.js';
import { faultOf, type Fault, type ForgeFaults } from './faults.js';
import { answerGit, gitRequest } from './git-http.js';
import { json, send, type Exchange, type Refusal, type Reply } from './http.js';
import { secondaryLimit, type Limits } from './limits.js';
import { answerPage } from './pages.js';
import type { Site } from './site.js';

/** What requests are answered with. */
interface Parts {
  readonly site: Site;
  readonly faults: ForgeFaults;
  readonly limits: Limits;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/** Takes each request in whole, applies the scripted fault that fits it, notes it, and answers. */
export class RequestHandler {
  readonly #parts: Parts;
  #requests: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { entries } = parts.site.store.journal;
    this.#requests = entries.reduce((most, { request }) => Math.max(most, request ?? 0), 0);
  }

  /** Resolves when the client has its answer or is gone. */
  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { site, faults } = this.#parts;
    const { method = 'GET', url = '/', headers } = incoming;
    const [path = '/', query = ''] = url.split('?', 2);
    const request = (this.#requests += 1);
    const asking = whoAsks(site, headers.authorization);
    const by = asking.kind === 'somebody' ? asking.account.login : undefined;
    const fault = faultOf(faults, { method, path, by });
    const noted = { request, method, path: url, by, userAgent: headers['user-agent'], fault: fault?.kind };
    const note = (reply: Reply | null, reason = reply?.reason) =>
      site.store.note({ kind: 'request', ...noted, status: reply?.status ?? null, reason });
    try {
      const body = Buffer.concat((await incoming.toArray()) as Buffer[]);
      const exchange = { request, method, path, query: new URLSearchParams(query), headers, body, fault };
      const reply = await this.#misbehave(exchange, by, () => this.#answer(exchange, asking));
      note(reply);
      if (reply === null) incoming.socket.resetAndDestroy();
      else send(reply, response, method !== 'HEAD');
    } catch (error) {
      // The client is gone, or the stand-in is being closed, or this is a fault that nobody scripted.
      note(null, `No answer: ${(error as Error).message}`);
      incoming.socket.destroy();
    }
  }

  async #answer(exchange: Exchange, asking: Asking): Promise<Reply> {
    const { site, limits } = this.#parts;
    const { path } = exchange;
    const git = gitRequest(path);
    if (git !== undefined) return refusing(() => answerGit(site, exchange, asking, git));
    const [api, uploads] = [site.apiUrl, site.uploadsUrl].map((it) => it.slice(site.url.length));
    const isUpload = path.startsWith(`${uploads}/`);
    const prefix = (isUpload ? uploads : api) ?? '';
    if (!path.startsWith(`${prefix}/`)) return answerPage(site, exchange);
    return answerApi(site, limits, exchange, { asking, path: path.slice(prefix.length), isUpload });
  }

  /** Null stands for a connection that is reset. */
  async #misbehave(
    exchange: Exchange,
    by: string | undefined,
    act: () => Promise<Reply>,
  ): Promise<Reply | null> {
    const { fault } = exchange;
    if (fault === undefined) return act();
    const instead = this.#instead(fault, exchange, by);
    if (instead !== undefined) return instead;
    if (fault.kind === 'drop-before-commit') return null;
    if (fault.kind === 'delay') await sleep(fault.ms, undefined, { signal: this.#parts.signal });
    const reply = await act();
    if (fault.kind === 'commit-then-answer') return asScripted(fault);
    return fault.kind === 'delay' ? reply : null;
  }

  /** The answer to a request of which nothing is done. */
  #instead(fault: Fault, exchange: Exchange, by: string | undefined): Reply | undefined {
    const { limits } = this.#parts;
    const refused = ({ reply }: Refusal) => withApiHeaders(reply, limits.headers(by), exchange);
    if (fault.kind === 'answer') return asScripted(fault);
    if (fault.kind === 'primary-limit') return refused(limits.exhaust(by, fault.seconds));
    if (fault.kind === 'secondary-limit')
      return refused(secondaryLimit(fault.retryAfter, fault.status ?? 403));
    return undefined;
  }
}

function asScripted(
  fault: Extract<Fault, { readonly status: number; readonly kind: `${string}answer` }>,
): Reply {
  const { status, message = 'As scripted' } = fault;
  const headers = 'headers' in fault ? fault.headers : {};
  return { ...json(status, { message, status: String(status) }, headers), reason: message };
}
