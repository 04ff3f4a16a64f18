import { describe, expect, test } from 'vitest';
import * as world from './world.js';

const { repository } = world;
const merging = { method: 'PUT', path: /\/pulls\/\d+\/merge$/, times: 1 };

describe('a merge', () => {
  test.each([
    ['commit-then-drop', true, true],
    ['half-merge', true, false],
    ['drop-before-commit', false, false],
  ] as const)('with %s moves main: %s, and is known as merged: %s', async (kind, moves, known) => {
    const forge = await world.runningForge();
    const { number, head } = await world.openPull(forge);
    const main = await world.tipOf(forge, 'main');
    forge.misbehave({ ...merging, fault: { kind } });
    const ada = world.clientOf(forge, 'ada');
    const merge = ada.rest.pulls.merge({ ...repository, pull_number: number, sha: head });
    await expect(merge).rejects.toMatchObject({ status: 500 });
    expect((await world.tipOf(forge, 'main')) !== main).toBe(moves);
    const { data } = await ada.rest.pulls.get({ ...repository, pull_number: number });
    expect(data.merged).toBe(known);
    expect(forge.journal().find((it) => it.kind === 'request' && it.fault === kind)).toMatchObject({
      status: null,
      by: 'ada',
    });
  });

  test('that is answered with 502 is done', async () => {
    const forge = await world.runningForge();
    const { number } = await world.openPull(forge);
    forge.misbehave({ ...merging, fault: { kind: 'commit-then-answer', status: 502 } });
    const ada = world.clientOf(forge, 'ada');
    const merge = ada.rest.pulls.merge({ ...repository, pull_number: number });
    await expect(merge).rejects.toMatchObject({ status: 502 });
    const { data } = await ada.rest.pulls.get({ ...repository, pull_number: number });
    expect(data.merged).toBe(true);
  });
});

test('a scripted fault hits whom, when and as often as it says', async () => {
  const forge = await world.runningForge();
  const fault = { kind: 'answer', status: 503, message: 'Later', headers: { 'retry-after': '3' } } as const;
  forge.misbehave({ path: '/api/v3/repos/ada/meant-it', by: 'grace', nth: 2, times: 1, fault });
  const look = async (login: string) =>
    world
      .clientOf(forge, login)
      .rest.repos.get(repository)
      .then(
        ({ status }) => status,
        (error: { status: number }) => error.status,
      );
  expect(await look('ada')).toBe(200);
  expect([await look('grace'), await look('grace'), await look('grace')]).toEqual([200, 503, 200]);
  forge.misbehave({ fault });
  forge.behave();
  expect(await look('ada')).toBe(200);
});

test('a push can be done and its answer lost', async () => {
  const forge = await world.runningForge();
  const folder = await world.cloneOf(forge);
  await world.git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'Lost');
  forge.misbehave({ path: /git-receive-pack$/, fault: { kind: 'commit-then-drop' } });
  const { code } = await world.git(folder, 'push', 'origin', 'main');
  expect(code).not.toBe(0);
  expect(await world.tipOf(forge, 'main')).toBe((await world.git(folder, 'rev-parse', 'HEAD')).output.trim());
});

test('a delayed answer is late and whole, and closing does not wait for it', async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  forge.misbehave({ times: 1, fault: { kind: 'delay', ms: 300 } });
  const started = performance.now();
  expect((await ada.rest.repos.get(repository)).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(290);
  forge.misbehave({ fault: { kind: 'delay', ms: 3_600_000 } });
  const waiting = expect(ada.rest.repos.get(repository)).rejects.toThrow();
  await expect.poll(() => performance.now() - started).toBeGreaterThan(400);
  await forge.close();
  await waiting;
});

describe('limits', () => {
  test('are counted by the hour and shown on every answer, and what has not changed is free', async () => {
    let now = new Date('2026-08-21T10:00:00Z');
    const forge = await world.runningForge({}, { rateLimit: 3, now: () => now });
    const ada = world.clientOf(forge, 'ada');
    const get = (etag?: string) =>
      ada.request('GET /repos/{owner}/{repo}', {
        ...repository,
        ...(etag === undefined ? {} : { headers: { 'if-none-match': etag } }),
      });
    const first = await get();
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '2' });
    await expect(get(first.headers.etag)).rejects.toMatchObject({ status: 304 });
    expect((await get()).headers['x-ratelimit-remaining']).toBe('1');
    await get();
    const refused = await get().catch((error: unknown) => error);
    expect(refused).toMatchObject({
      status: 403,
      response: {
        data: { message: 'API rate limit exceeded for ada.' },
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now.getTime() / 1000 + 3600) },
      },
    });
    expect((await ada.rest.rateLimit.get()).data.rate.remaining).toBe(0);
    expect((await world.clientOf(forge, 'grace').rest.repos.get(repository)).status).toBe(200);
    now = new Date('2026-08-21T11:00:01Z');
    expect((await get()).headers['x-ratelimit-remaining']).toBe('2');
  });

  test('can be scripted, primary and secondary', async () => {
    const forge = await world.runningForge();
    const ada = world.clientOf(forge, 'ada');
    forge.misbehave({ times: 1, fault: { kind: 'primary-limit', seconds: 1 } });
    const primary = await ada.rest.repos.get(repository).catch((error: unknown) => error);
    expect(primary).toMatchObject({ status: 403, response: { headers: { 'x-ratelimit-remaining': '0' } } });
    await expect
      .poll(() => ada.rest.repos.get(repository).catch(() => undefined), { timeout: 5000, interval: 200 })
      .toBeDefined();
    for (const status of [403, 429] as const) {
      forge.misbehave({ times: 1, fault: { kind: 'secondary-limit', retryAfter: 7, status } });
      const secondary = await ada.rest.repos.get(repository).catch((error: unknown) => error);
      expect(secondary).toMatchObject({ status, response: { headers: { 'retry-after': '7' } } });
    }
  });
});
