import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** A request as a client sends it; the address may have a prefix such as `/api/v3`. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** JSON as a value; anything else is not looked at. */
  readonly body?: unknown;
}

/** An answer; JSON as a value. */
export interface GotResponse {
  readonly status: number;
  readonly data?: unknown;
}

/** A schema, or whether there is a body of another kind. */
type Shape = object | boolean;

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly body?: Shape;
  readonly answers: Readonly<Record<string, Shape>>;
}

interface Description {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, object>>;
}

const description = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'description.json'), 'utf8'),
) as Description;

const formats = {
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
  uri: (text: string) => URL.canParse(text),
  'repo.nwo': (text: string) => /^[^/]+\/[^/]+$/.test(text),
  email: (text: string) => text.includes('@'),
  int64: true,
} as const;

const ajv = new Ajv({ strict: false, allErrors: true, formats });
ajv.addSchema({ $id: 'github', schemas: description.schemas });
const compiled = new Map<string, ValidateFunction>();

/**
 * Throws with every difference where a request or its answer is not as GitHub's own description has it: an operation,
 * a query or a field of the body that there is not, a value of another shape, a status that GitHub never answers.
 */
export function assertGitHubShape(request: SentRequest, response: GotResponse): void {
  const operation = operationOf(request);
  if (operation === undefined)
    throw new Error(`GitHub's description has no ${request.method} ${request.url}, or the cut has not.`);
  const problems = [...requestProblems(operation, request), ...answerProblems(operation, response)];
  if (problems.length > 0) throw new Error(`${operation.id} is not GitHub's:\n  ${problems.join('\n  ')}`);
}

/** Holds every request of an octokit and its answer against GitHub's description. */
export function checkGitHubShapes(octokit: Octokit): void {
  octokit.hook.wrap('request', async (send, options) => {
    const parsed = octokit.request.endpoint(options);
    const { method, url, body } = parsed as { method: string; url: string; body?: unknown };
    // Octokit sends an empty text where a PUT or PATCH has nothing to say.
    const request = { method, url, body: body === '' ? undefined : body };
    try {
      const response = await send(options);
      assertGitHubShape(request, response);
      return response;
    } catch (error) {
      if (error instanceof RequestError && error.response !== undefined)
        assertGitHubShape(request, error.response);
      throw error;
    }
  });
}

function operationOf({ method, url }: SentRequest): Operation | undefined {
  const { pathname } = new URL(url);
  const parameters = ({ path: template }: Operation) => template.split('{').length;
  return description.operations
    .filter((operation) => operation.method === method && pattern(operation.path).test(pathname))
    .sort((a, b) => parameters(a) - parameters(b))[0];
}

function pattern(template: string): RegExp {
  const inner = template
    .replace('/{path}', '(?:/.+)?')
    .replaceAll(/\{(\w+)\}/g, (_all, name) => (name === 'ref' ? '.+' : '[^/]+'));
  return new RegExp(`^(?:/api/v3|/api/uploads)?${inner}$`);
}

function requestProblems({ id, parameters, body }: Operation, request: SentRequest): string[] {
  const known = new Set(parameters.filter((it) => it.in === 'query').map(({ name }) => name));
  const queries = [...new URL(request.url).searchParams.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `the query ${name} is not known`);
  if (body === undefined && request.body !== undefined) return [...queries, 'there is no body to send'];
  if (typeof body !== 'object' || request.body === undefined) return queries;
  const closed = 'properties' in body ? { additionalProperties: false, ...body } : body;
  return [...queries, ...differences(`${id} body`, closed, request.body, 'the body')];
}

function answerProblems({ id, answers }: Operation, { status, data }: GotResponse): string[] {
  const shape = answers[status];
  if (shape === undefined && status >= 400)
    return differences('error', { $ref: '#/schemas/basic-error' }, data, 'the refusal');
  if (shape === undefined) return status === 304 ? [] : [`GitHub never answers ${status}`];
  if (typeof shape === 'object') return differences(`${id} ${status}`, shape, data, `the ${status}`);
  const isEmpty = data === undefined || data === '';
  return shape || isEmpty || status >= 400 ? [] : [`the ${status} has a body`];
}

function differences(key: string, shape: object, value: unknown, what: string): string[] {
  const validate = compiled.get(key) ?? ajv.compile(inDescription(shape));
  compiled.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${what}${said(error)}`);
}

/** References of a schema lead into the description. */
function inDescription(shape: object): object {
  return JSON.parse(JSON.stringify(shape).replaceAll('"#/schemas/', '"github#/schemas/')) as object;
}

function said({ instancePath, message, params }: ErrorObject): string {
  return ` ${instancePath || '/'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`;
}
