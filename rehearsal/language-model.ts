import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { answer } from './language-model-answers.js';
import { anthropic, openai, type Api, type Provider } from './language-model-apis.js';
import { closeServer, listenOnLoopback, parseJson, readBody } from './loopback.js';

/** One call that reached the stand-in: when it came (milliseconds since the epoch) and the HTTP status it got. */
export interface Call {
  readonly provider: Provider;
  /** The run of tests that it belongs to, where its address names one. */
  readonly run: string | null;
  readonly path: string;
  readonly model: string | null;
  readonly time: number;
  readonly status: number;
}

/** Where the two APIs are. */
export interface BaseUrls {
  /** With `/v1`, as `OPENAI_BASE_URL` has it. */
  readonly openaiBaseUrl: string;
  /** Without `/v1`, as `ANTHROPIC_BASE_URL` has it. */
  readonly anthropicBaseUrl: string;
}

/** A running stand-in for the APIs of two language models, on loopback. */
export interface LanguageModel extends BaseUrls {
  readonly url: string;
  /** The addresses for one run of tests, and that of what it has called: how often each provider has answered it. */
  forRun(run: string): BaseUrls & { readonly callRecord: string };
  /** Has a provider answer every call with this status, as when it is overloaded; with undefined it answers again. */
  refuse(provider: Provider, status: number | undefined): void;
  record(): readonly Call[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const apis = new Map<string, Api>([
  ['POST /v1/chat/completions', openai],
  ['POST /v1/messages', anthropic],
]);

/** Starts the stand-in on a free port; only the two given keys are let in, each at its own provider's API. */
export async function startLanguageModel(keys: {
  readonly openaiKey: string;
  readonly anthropicKey: string;
}): Promise<LanguageModel> {
  const expected = { openai: keys.openaiKey, anthropic: keys.anthropicKey };
  const calls: Call[] = [];
  const refused = new Map<Provider, Answer>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const time = Date.now();
    const { method = '', url: target = '/' } = request;
    const { run, path } = addressed(new URL(target, 'http://stand-in').pathname);
    if (method === 'GET' && run !== null && path === '/calls')
      return send(response, { status: 200, body: answeredCalls(calls, run) });
    const body = parseJson(await readBody(request));
    const api = apis.get(`${method} ${path}`);
    if (!api) {
      const text = `The language-model stand-in does not know ${method} ${path}.`;
      return send(response, { status: 404, body: { error: { message: text } } });
    }
    const told = refused.get(api.provider);
    const result = told ?? respond(api, expected[api.provider], request.headers, body);
    calls.push({ provider: api.provider, run, path, model: modelOf(body), time, status: result.status });
    send(response, result);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const url = await listenOnLoopback(server);
  return {
    url,
    ...baseUrls(url),
    forRun: (run) => ({ ...baseUrls(`${url}/runs/${run}`), callRecord: `${url}/runs/${run}/calls` }),
    refuse(provider, status) {
      refused.delete(provider);
      if (status !== undefined) refused.set(provider, refusalOf(provider, status));
    },
    record: () => [...calls],
    close: () => closeServer(server),
  };
}

function refusalOf(provider: Provider, status: number): Answer {
  const api = { openai, anthropic }[provider];
  return { status, body: api.refusal(status, 'The stand-in was told to refuse every call.') };
}

function baseUrls(place: string): BaseUrls {
  return { openaiBaseUrl: `${place}/v1`, anthropicBaseUrl: place };
}

/** A run's name, which stands before the path as the provider's own API has it. */
function addressed(path: string): { run: string | null; path: string } {
  const [, run, rest] = /^\/runs\/([^/]+)(\/.*)$/.exec(path) ?? [];
  return run === undefined || rest === undefined ? { run: null, path } : { run, path: rest };
}

function answeredCalls(calls: readonly Call[], run: string): Partial<Record<Provider, number>> {
  const counts: Partial<Record<Provider, number>> = {};
  for (const { provider } of calls.filter((call) => call.run === run && call.status === 200))
    counts[provider] = (counts[provider] ?? 0) + 1;
  return counts;
}

function respond(api: Api, expectedKey: string, headers: IncomingHttpHeaders, body: unknown): Answer {
  const refuse = (status: number, text: string): Answer => ({ status, body: api.refusal(status, text) });
  if (api.key(headers) !== expectedKey)
    return refuse(401, 'The API key is not the one that the stand-in knows.');
  const objection = api.objection?.(headers);
  if (objection) return refuse(400, objection);
  const question = api.question.safeParse(body);
  if (!question.success) return refuse(400, z.prettifyError(question.error));
  return { status: 200, body: api.completion(question.data, answer(question.data.messages)) };
}

function modelOf(body: unknown): string | null {
  return z.object({ model: z.string() }).safeParse(body).data?.model ?? null;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
