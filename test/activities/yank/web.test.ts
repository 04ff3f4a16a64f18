import { describe, expect, test } from 'vitest';

import type { Fault } from '../../../rehearsal/index/faults.js';
import type { AccessEntry } from '../../../rehearsal/index/journal.js';
import { Visitor } from '../../rehearsal/index/visitor.js';
import { ada, expectNoSecret, line, page, subject, webWorld, type WebWorld } from './web-world.js';

describe("the owner's web form", () => {
  test('yanks with the reason on one line, after a login with a code, and the index proves it', async () => {
    const world = await webWorld();
    const attempt = await world.ensureYanked();
    expect(attempt).toMatchObject({ proven: true, driver: 'web' });
    expectNoSecret(attempt, world);
    expect(await world.shown()).toEqual([line, line]);
  });

  test('is not sent for what is yanked, not even where the index still shows an old state', async () => {
    const world = await webWorld();
    world.index.yank('wh-demo', '1.0.0', 'first');
    expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'somebody else' });
    world.index.misbehave({ path: /^\/simple\//, times: 2, fault: { kind: 'stale', changes: 1 } });
    const attempt = await world.ensureYanked();
    expect(attempt).toMatchObject({ proven: true, driver: 'web' });
    expect(attempt.evidence[0]?.what).toContain('has no form to yank it');
    expect(world.posts(page)).toBe(0);
    expect(await world.shown()).toEqual(['first', 'first']);
  });

  test('is sent again without another login while the session lasts, and with one after it', async () => {
    const world = await webWorld();
    const start = world.now();
    await world.ensureYanked();
    for (const [hours, logins] of [
      [0.4, 1],
      [3, 1],
      [14.9, 1],
      [27, 2],
    ] as const) {
      world.index.unyank('wh-demo', '1.0.0');
      world.now = () => start + hours * 3_600_000;
      expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
      expect(world.posts('/account/login/')).toBe(logins);
    }
    expect(world.posts('/account/reauthenticate/')).toBe(2);
  });

  test('is sent by one login for two at once', async () => {
    const world = await webWorld();
    await Promise.all([world.driver.arm({ index: world.address, subject }), world.ensureYanked()]);
    expect(world.posts('/account/login/')).toBe(1);
    expect(await world.shown()).toEqual([line, line]);
  });

  test('is sent with every box of it ticked', async () => {
    const world = await webWorld({ web: { boxes: ['understood', 'really'] } });
    expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
  });

  test('survives another login of the account within the same second, and the code that it has used up', async () => {
    const world = await webWorld();
    const start = world.now();
    await new Visitor(world.index.url).logIn(ada, start);
    const isSentBack = (entry: AccessEntry) =>
      entry.kind === 'request' && entry.path === '/account/two-factor/' && entry.status === 303;
    world.now = () => start + (world.index.accessLog().filter(isSentBack).length > 1 ? 1000 : 0);
    expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
    expect([world.posts('/account/login/'), world.posts('/account/two-factor/')]).toEqual([1 + 2, 1 + 2]);
  });

  test('that asks for the password in the middle is sent again', async () => {
    const world = await webWorld();
    await world.driver.arm({ index: world.address, subject });
    const start = world.now();
    // Between the page and the sending, the half hour ends.
    world.now = () => start + (world.posts(page) > 0 || hasReadPage(world) ? 31 : 29) * 60_000;
    expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
    expect(world.posts(page)).toBe(2);
  });

  test.each<[string, Fault]>([
    ['whose answer is lost', { kind: 'commit-then-drop' }],
    ['that is carried out and answered with 502', { kind: 'commit-then-answer', status: 502 }],
  ])('%s is looked for on the index', async (_how, fault) => {
    const world = await webWorld();
    world.index.misbehave({ method: 'POST', path: page, times: 1, fault });
    expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
    expect(world.posts(page)).toBe(1);
  });
});

function hasReadPage({ index }: WebWorld): boolean {
  const reads = index.accessLog().filter((entry) => entry.kind === 'request' && entry.path === page);
  return reads.length > 1;
}
