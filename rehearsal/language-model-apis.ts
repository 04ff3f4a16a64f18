import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Message } from './language-model-answers.js';

/** Whose API a call spoke. */
export type Provider = 'openai' | 'anthropic';

/** What both APIs ask for, in one shape. */
export interface Question {
  readonly model: string;
  readonly messages: readonly Message[];
}

/** One provider's API: how it reads a request, and how it words its answers. */
export interface Api {
  readonly provider: Provider;
  readonly key: (headers: IncomingHttpHeaders) => string | undefined;
  readonly question: z.ZodType<Question>;
  /** What else the API wants of a request's headers, in its own words. */
  readonly objection?: (headers: IncomingHttpHeaders) => string | undefined;
  readonly completion: (question: Question, text: string) => unknown;
  readonly refusal: (status: number, message: string) => unknown;
}

const content = z
  .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
  .transform((parts) => (typeof parts === 'string' ? parts : parts.map(({ text }) => text ?? '').join('')));
const message = z
  .object({ role: z.string(), content })
  .transform(({ role, content: text }) => ({ role, text }));
const notStreamed = z.literal(false, 'the stand-in does not stream').optional();

const openaiCodes: Readonly<Record<number, string>> = { 401: 'invalid_api_key', 429: 'rate_limit_exceeded' };
const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** Chat completions as OpenAI has them. */
export const openai: Api = {
  provider: 'openai',
  key: bearer,
  question: z.object({ model: z.string(), messages: z.array(message).min(1), stream: notStreamed }),
  completion: ({ model, messages }, text) => ({
    id: 'chatcmpl-stand-in',
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop' },
    ],
    usage: {
      prompt_tokens: tokensIn(messages),
      completion_tokens: tokens(text),
      total_tokens: tokensIn(messages) + tokens(text),
    },
  }),
  refusal: (status, text) => ({
    error: {
      message: text,
      type: status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: openaiCodes[status] ?? null,
    },
  }),
};

/** Messages as Anthropic has them. */
export const anthropic: Api = {
  provider: 'anthropic',
  // The provider's own client sends the key as a bearer since its version 2, and in x-api-key before.
  key: (headers) => (typeof headers['x-api-key'] === 'string' ? headers['x-api-key'] : bearer(headers)),
  objection: (headers) =>
    headers['anthropic-version'] === undefined ? 'anthropic-version: header is required' : undefined,
  question: z
    .object({
      model: z.string(),
      max_tokens: z.int().positive(),
      system: content.optional(),
      messages: z.array(message).min(1),
      stream: notStreamed,
    })
    .transform(({ model, system, messages }) => ({
      model,
      messages: system === undefined ? messages : [{ role: 'system', text: system }, ...messages],
    })),
  completion: ({ model, messages }, text) => ({
    id: 'msg_stand_in',
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: tokensIn(messages), output_tokens: tokens(text) },
  }),
  refusal: (status, text) => ({
    type: 'error',
    error: {
      type: anthropicTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
      message: text,
    },
    request_id: null,
  }),
};

function bearer({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
}

/** A word is a token here: nobody bills for it. */
function tokens(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

function tokensIn(messages: readonly Message[]): number {
  return messages.reduce((sum, { text }) => sum + tokens(text), 0);
}
