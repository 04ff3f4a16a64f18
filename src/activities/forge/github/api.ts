import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods';
import { ApplicationFailure } from '@temporalio/common';

import type { ForgeSetting } from '../../../config/settings.js';
import { failure } from '../../../contract/failures.js';
import { currentCancellation } from '../../support/cancellation.js';
import { githubApiAddress, githubApp } from '../../support/github-app.js';
import { fetchFor, retryAfterSeconds } from '../../support/http.js';
import type { Workbench } from '../../support/workbench.js';
import { addressParts } from '../../support/address.js';

/** Without a plugin that repeats what failed: a write whose answer was lost may have been done. */
const Api = Octokit.plugin(restEndpointMethods, paginateRest);

/** A repository on GitHub, and how its API is asked. */
export interface GithubRepository {
  readonly octokit: InstanceType<typeof Api>;
  /** What every call names the repository by. */
  readonly at: { readonly owner: string; readonly repo: string };
}

/** The most answers that are kept to be asked for again conditionally. */
const mostKept = 200;
const timeoutMilliseconds = 30_000;
const secondaryLimitSeconds = 60;

/** Opens the API of a repository with the service's credentials. */
export function openRepository(
  bench: Workbench,
  repository: string,
  setting: ForgeSetting,
): GithubRepository {
  const { owner, repo } = addressParts(repository);
  const octokit = new Api({
    ...credentials(bench, repository, setting),
    baseUrl: githubApiAddress(repository, setting),
    userAgent: 'slipway',
    request: { fetch: fetchFor(bench) },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  askConditionally(octokit);
  octokit.hook.before('request', (options) => {
    const timeout = AbortSignal.timeout(timeoutMilliseconds);
    const cancelled = currentCancellation();
    options.request = {
      ...options.request,
      signal: cancelled === undefined ? timeout : AbortSignal.any([timeout, cancelled]),
    };
  });
  octokit.hook.error('request', (error) => {
    throw explain(error, `${owner}/${repo}`);
  });
  return { octokit, at: { owner, repo } };
}

function ignore(): void {
  // The worker logs what an activity does; a line for each request would hide it.
}

function credentials(bench: Workbench, repository: string, setting: ForgeSetting): object {
  const { token, app } = setting;
  return app === undefined
    ? { auth: bench.secrets.get(token ?? '') }
    : { authStrategy: () => githubApp(bench, repository, setting, app) };
}

/** Asks for what was read before only if it has changed: such an answer costs nothing of the rate limit. */
function askConditionally(octokit: Octokit): void {
  const kept = new Map<string, { etag: string; response: unknown }>();
  octokit.hook.wrap('request', async (request, options) => {
    if (options.method !== 'GET') return request(options);
    const key = JSON.stringify(octokit.request.endpoint.parse(options));
    const known = kept.get(key);
    try {
      // What is bound to this request is this one object: other options would be overlooked.
      if (known !== undefined) options.headers = { ...options.headers, 'if-none-match': known.etag };
      const response = await request(options);
      const { etag } = response.headers;
      kept.delete(key);
      // Who pages through a list changes the answers.
      if (etag !== undefined) kept.set(key, { etag, response: structuredClone(response) });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return response;
    } catch (error) {
      if (statusOf(error) === 304 && known !== undefined) return structuredClone(known.response) as never;
      throw error;
    }
  });
}

/** The HTTP status of an error that the API answered with; undefined if it did not answer. */
export function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The answer, or undefined where there is no such thing. */
export async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

interface Answered {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

/** What people have to mend, and what only time mends; everything else is for the caller or the engine's retry. */
function explain(error: Error, repository: string): Error {
  const { status, message, response } = error as Error & Answered;
  const wait = limitSeconds(status, message, response?.headers ?? {});
  if (wait !== undefined)
    return ApplicationFailure.create({
      type: 'too-many-requests',
      message: `GitHub asks for a pause of ${String(wait)} s: ${message}`,
      nextRetryDelay: `${wait}s`,
    });
  if (status !== 401 && status !== 403) return error;
  return failure('operator', {
    now: `GitHub answers ${String(status)} for ${repository}: ${message}`,
    not: 'What was asked for was not done.',
    next: 'Give the service a token (or app) with write access to contents, pull requests, checks and issues of the repository (and actions, where a workflow of it uploads), restart the worker and send `retry`.',
  });
}

function limitSeconds(
  status: number | undefined,
  message: string,
  headers: Readonly<Record<string, string | number | undefined>>,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const asked = retryAfterSeconds(headers['retry-after']?.toString());
  if (asked !== undefined) return asked;
  if (headers['x-ratelimit-remaining']?.toString() === '0')
    return Math.min(3600, Math.max(1, Number(headers['x-ratelimit-reset'] ?? 0) - Date.now() / 1000 + 1) | 0);
  return status === 429 || /secondary rate limit|abuse/i.test(message) ? secondaryLimitSeconds : undefined;
}
