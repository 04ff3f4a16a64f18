import { ApplicationFailure } from '@temporalio/common';
import { fetch, type RequestInit, type Response } from 'undici';

import { failure } from '../../contract/failures.js';
import { currentCancellation } from './cancellation.js';
import { witnessRequest } from './witness.js';
import { basic, dispatcherOf, readingCredentials, type Network } from './network.js';

const maxBytes = 16 * 1024 * 1024;
const maxMilliseconds = 30_000;
const siteMilliseconds = 10_000;

/**
 * Reads a JSON document past every cache; undefined where the server says 404. Redirects are not followed: they, 401
 * and 403 are operator failures; everything else but a readable 200 is an ordinary error, to be tried again.
 */
export async function readJson(
  network: Network,
  url: string,
  accept = 'application/json',
  bearer?: string,
): Promise<unknown> {
  return readPage(network, url, { accept, bearer, json: (document) => document });
}

/** What is made of an answer, by what it is written in. */
interface Reading<T> {
  readonly accept: string;
  /** The token that the server takes. */
  readonly bearer?: string | undefined;
  readonly json: (document: unknown) => T;
  /** Only for a server that may have nothing else. */
  readonly html?: (text: string) => T;
}

/** Reads a document as readJson does, also in HTML. */
export async function readPage<T>(
  network: Network,
  url: string,
  reading: Reading<T>,
): Promise<T | undefined> {
  const { accept, bearer } = reading;
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { ...headersFor(network, url), accept, ...authorization };
  return reach(network, url, { headers }, (response) => readAnswer(url, response, reading));
}

/** One call of an API. */
export interface Call {
  readonly method?: 'DELETE' | 'PATCH' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What an API answered; `document` is undefined where that was no JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  readonly document: unknown;
}

/**
 * Makes one call of an API, once: every status is an answer, but a redirect is an operator failure and a pause that the
 * server asks for is kept. No answer at all is an ordinary error, after which the call may have been carried out.
 */
export async function callApi(network: Network, url: string, { headers, ...call }: Call): Promise<Answer> {
  const all = { ...headersFor(network, url), accept: 'application/json', ...headers };
  return reach(network, url, { ...call, headers: all }, (response) => answerOf(url, response));
}

/** What a web site answered, in whatever it is written. */
export interface SiteAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get' | 'getSetCookie'>;
  readonly text: string;
}

/** Makes one request of a browser: every status is an answer, redirects too; somebody waits for it, so ten seconds are the end. */
export async function callSite(
  network: Network,
  url: string,
  { headers, ...call }: Call,
): Promise<SiteAnswer> {
  const all = { ...headersFor(network, url), accept: 'text/html', ...headers };
  const read = async (response: Response) => {
    const { status, headers } = response;
    return { status, headers, text: await readBounded(url, response) };
  };
  return reach(network, url, { ...call, headers: all }, read, siteMilliseconds);
}

async function reach<T>(
  network: Network,
  url: string,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
  milliseconds = maxMilliseconds,
): Promise<T> {
  const cancelled = currentCancellation();
  const timeout = AbortSignal.timeout(milliseconds);
  witnessRequest(init.method ?? 'GET', url);
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      dispatcher: dispatcherOf(network),
      signal: cancelled === undefined ? timeout : AbortSignal.any([timeout, cancelled]),
    });
    return await read(response);
  } catch (error) {
    cancelled?.throwIfAborted();
    if (error instanceof UnusableAnswer || error instanceof ApplicationFailure) throw error;
    throw new UnusableAnswer(url, `could not be read: ${reasonOf(error)}`, { cause: error });
  }
}

async function answerOf(url: string, response: Response): Promise<Answer> {
  const { status, headers } = response;
  if ((status >= 300 && status < 400) || status === 429) {
    await response.body?.cancel();
    throw unexpected(url, response);
  }
  const text = await readBounded(url, response);
  const isJson = text !== '' && isJsonType(headers.get('content-type') ?? '');
  return { status, headers, document: isJson ? parse(url, text) : undefined };
}

/** Node's own `fetch` by the settings' way, for a client library that brings its own headers and reads its own answers. */
export function fetchFor(network: Network): typeof globalThis.fetch {
  const dispatcher = dispatcherOf(network);
  // One is made after the other, and only their types know that they are two.
  return ((url: string, options: RequestInit) => {
    witnessRequest(options.method ?? 'GET', url);
    return fetch(url, { ...options, dispatcher, redirect: 'manual' });
  }) as unknown as typeof globalThis.fetch;
}

function headersFor(network: Network, url: string): Record<string, string> {
  const { contact } = network.settings;
  const who = contact === undefined ? 'run by the maintainers of the packages it reads' : contact;
  const credentials = readingCredentials(network, url);
  return {
    'user-agent': `slipway (package release service; ${who})`,
    'cache-control': 'no-cache',
    ...(credentials === undefined ? {} : { authorization: basic(credentials) }),
  };
}

async function readAnswer<T>(
  url: string,
  response: Response,
  { json, html }: Reading<T>,
): Promise<T | undefined> {
  if (response.status === 200) {
    const contentType = response.headers.get('content-type') ?? '';
    if (isJsonType(contentType)) return json(parse(url, await readBounded(url, response)));
    if (html !== undefined && /^text\/html\b|\+html\b/.test(contentType))
      return html(await readBounded(url, response));
    throw new UnusableAnswer(url, `answers ${contentType || 'something'} instead of JSON`);
  }
  await response.body?.cancel();
  if (response.status === 404) return undefined;
  throw unexpected(url, response);
}

function isJsonType(contentType: string): boolean {
  return /[/+]json\b/.test(contentType);
}

/** How long a server asks to be left alone: the value of a Retry-After header, as seconds; at most an hour. */
export function retryAfterSeconds(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(3600, Math.max(1, Math.ceil(seconds)));
}

class UnusableAnswer extends Error {
  constructor(url: string, what: string, options?: ErrorOptions) {
    super(`${url} ${what}`, options);
  }
}

function unexpected(url: string, { status, headers }: Response): Error {
  if (status === 401 || status === 403)
    return failure('operator', {
      now: `${url} answers ${String(status)}.`,
      not: 'The service may not read there.',
      next: 'Put the address (and, where one is wanted, the token) right, or have the service let in; then send `retry`.',
    });
  if (status >= 300 && status < 400)
    return failure('operator', {
      now: `${url} redirects to ${headers.get('location') ?? 'somewhere else'}.`,
      not: 'Redirects are not followed, so that nobody can send the service elsewhere.',
      next: 'Write the address that it points at into the settings, restart the worker and send `retry`.',
    });
  const wait = retryAfterSeconds(headers.get('retry-after'));
  if (status === 429 && wait !== undefined)
    return ApplicationFailure.create({
      type: 'too-many-requests',
      message: `${url} answers 429 and asks for a pause of ${String(wait)} s`,
      nextRetryDelay: `${wait}s`,
    });
  return new UnusableAnswer(url, `answers ${String(status)}`);
}

async function readBounded(url: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | Iterable<never> = response.body ?? [];
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new UnusableAnswer(url, `is longer than ${String(maxBytes)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UnusableAnswer(url, 'answers broken JSON', { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
