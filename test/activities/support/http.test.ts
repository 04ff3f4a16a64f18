import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { readJson, retryAfterSeconds } from '../../../src/activities/support/http.js';
import { makeBench } from './bench.js';

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeAll(async () => {
  bench = await makeBench({ settings: { contact: 'releases@example.org' } });
});
afterAll(() => bench.close());

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function answering(status: number, body = '', headers: Record<string, string> = {}): RequestListener {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

describe('reading JSON', () => {
  test('asks past caches, and says who asks', async () => {
    const url = await serve((request, response) => {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify(request.headers));
    });
    expect(await readJson(bench, url, 'application/vnd.pypi.simple.v1+json')).toMatchObject({
      accept: 'application/vnd.pypi.simple.v1+json',
      'cache-control': 'no-cache',
      'user-agent': 'slipway (package release service; releases@example.org)',
    });
  });

  test('finds nothing where the server says 404', async () => {
    expect(await readJson(bench, await serve(answering(404)))).toBeUndefined();
  });

  test('does not follow a redirect', async () => {
    let followed = false;
    const elsewhere = await serve((_request, response) => {
      followed = true;
      response.end('{}');
    });
    const url = await serve(answering(302, '', { location: elsewhere }));
    await expect(readJson(bench, url)).rejects.toMatchObject({ type: 'operator', nonRetryable: true });
    expect(followed).toBe(false);
  });

  test.each([401, 403])('asks people about %i', async (status) => {
    await expect(readJson(bench, await serve(answering(status)))).rejects.toMatchObject({ type: 'operator' });
  });

  test.each([
    ['500', answering(500)],
    ['a page', answering(200, '<html>', { 'content-type': 'text/html' })],
    ['broken JSON', answering(200, '{')],
    ['a lost connection', (request) => request.socket.destroy()],
    [
      'a body without an end',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const chunk = Buffer.alloc(1024 * 1024, ' ');
        const more = () => {
          while (response.write(chunk));
        };
        response.on('drain', more);
        more();
      },
    ],
  ] satisfies [string, RequestListener][])('is tried again after %s', async (_what, listener) => {
    await expect(readJson(bench, await serve(listener))).rejects.toMatchObject({ name: 'Error' });
  });

  test('waits as long as a 429 asks for', async () => {
    const url = await serve(answering(429, '', { 'retry-after': '90' }));
    await expect(readJson(bench, url)).rejects.toMatchObject({
      type: 'too-many-requests',
      nextRetryDelay: '90s',
    });
  });

  test('ends when its activity is cancelled', async () => {
    const activity = new MockActivityEnvironment();
    const url = await serve(() => {
      activity.cancel();
    });
    await expect(activity.run(() => readJson(bench, url))).rejects.toMatchObject({
      name: 'CancelledFailure',
    });
  });
});

test('Retry-After is read as seconds or as a date, within an hour', () => {
  expect(retryAfterSeconds('12')).toBe(12);
  expect(retryAfterSeconds('999999')).toBe(3600);
  expect(retryAfterSeconds(new Date(Date.now() + 30_000).toUTCString())).toBeGreaterThan(25);
  expect(retryAfterSeconds('soon')).toBeUndefined();
  expect(retryAfterSeconds(undefined)).toBeUndefined();
});
