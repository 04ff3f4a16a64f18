import path from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { createPackageIndexActivities } from '../../../src/activities/package-index.js';
import { createDrivers } from '../../../src/activities/yank/drivers.js';
import { createUnYankActivities } from '../../../src/activities/yank/ensure-un-yanked.js';
import type { Settings } from '../../../src/config/settings.js';
import type { YankDriver } from '../../../src/contract/release.js';
import { root } from '../../../tools/paths.mjs';
import * as indexes from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from '../support/bench.js';
import { demoIndex } from '../support/demo-index.js';
import { expectNoSecret, list, page, subject, uploadRelease, webWorld, type WebWorld } from './web-world.js';

const reason = 'it was another version';
const script = [process.execPath, path.join(root, 'rehearsal/index/yank-command.mjs')];
const about = ['{package}', '{version}', '{reason}'];

/** An index with a yanked release, and how its yank is taken back there. */
async function yankedWorld(yank: Partial<Settings['yank']>, drivers: readonly YankDriver[]) {
  const { index, made } = await demoIndex();
  for (const file of [made.wheel, made.sdist]) await indexes.plainUpload(index, file);
  index.yank('wh-demo', '1.0.0', 'broken');
  const address = addressOf('the index', index);
  const secrets = { STAND_IN_INDEX: index.url, STAND_IN_OWNER: indexes.OWNER };
  const bench = await makeBench({
    production: address,
    secrets,
    settings: {
      yank: { drivers, limitSeconds: 15, lateFilesSeconds: 900, secrets: Object.keys(secrets), ...yank },
    },
  });
  onTestFinished(() => bench.close());
  const { ensureUnYanked } = createUnYankActivities(bench, createDrivers(bench), 4);
  const { awaitUnYanked } = createPackageIndexActivities(bench);
  return {
    index,
    ensureUnYanked: () => ensureUnYanked({ index: address, subject, reason, drivers }),
    awaitUnYanked: () => awaitUnYanked({ index: address, subject }),
    shown: async () => (await indexes.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked),
  };
}

const command = [...script, ...about];

describe('a yank is taken back', () => {
  test('by the command that the settings have for it, which the index proves', async () => {
    const unYank = [...script, '--un-yank', ...about];
    const world = await yankedWorld({ command, unYank }, ['command']);
    expect(await world.ensureUnYanked()).toMatchObject({ proven: true, driver: 'command' });
    expect(await world.shown()).toEqual([false, false]);
    expect(await world.ensureUnYanked()).toMatchObject({ proven: true, driver: 'somebody else' });
  });

  test('by a person where no command for it is set, who is told where and how; the yank stays until the index says otherwise', async () => {
    const world = await yankedWorld({ command }, ['command']);
    expect(await world.ensureUnYanked()).toMatchObject({
      proven: false,
      evidence: [{ what: 'The settings name no command that takes a yank back.' }],
      toDo: [
        `Open ${world.index.url}manage/project/wh-demo/releases/ as an owner of wh-demo on the index.`,
        'Choose "Un-yank" at 1.0.0, and type 1.0.0 to confirm.',
        'Nothing else is needed: this is over as soon as the index says yanked for no file.',
      ],
    });
    expect(await world.shown()).toEqual(['broken', 'broken']);
    await expect(world.awaitUnYanked()).rejects.toMatchObject({ type: 'not-yet' });
    world.index.unyank('wh-demo', '1.0.0');
    expect((await world.awaitUnYanked()).evidence.what).toMatch(
      /^the index lists .*, and says yanked for none$/,
    );
  });

  test('by no command that ends well and does nothing', async () => {
    const world = await yankedWorld({ command, unYank: [process.execPath, '-e', ''] }, ['command', 'person']);
    expect(await world.ensureUnYanked()).toMatchObject({
      proven: false,
      evidence: [{ what: 'The command that takes a yank back ended with 0' }],
    });
  });
});

describe('the owner’s form that takes a yank back', () => {
  const ensureUnYanked = (world: WebWorld) =>
    createUnYankActivities(world.bench, createDrivers(world.bench, world.driver), 4).ensureUnYanked({
      ...{ index: world.address, subject, reason, drivers: ['web', 'person'] },
    });

  test('is found on the page of all releases among those of others, and sent', async () => {
    const world = await webWorld();
    await uploadRelease(world.index, '0.9.0');
    world.index.yank('wh-demo', '0.9.0', 'old and broken');
    world.index.yank('wh-demo', '1.0.0', 'broken');
    const attempt = await ensureUnYanked(world);
    expect(attempt).toMatchObject({ proven: true, driver: 'web' });
    expect(await world.shown()).toEqual(['old and broken', 'old and broken', false, false]);
    expect(world.posts(page)).toBe(1);
    expectNoSecret(attempt, world);
  });

  test('is sent again where the password is asked for in its place', async () => {
    const world = await webWorld();
    world.index.yank('wh-demo', '1.0.0', 'broken');
    await world.driver.arm({ index: world.address, subject });
    const start = world.now();
    const reads = () =>
      world.index.accessLog().filter((it) => it.kind === 'request' && it.path === list).length;
    const before = reads();
    world.now = () => start + (reads() > before ? 31 : 29) * 60_000;
    expect(await ensureUnYanked(world)).toMatchObject({ proven: true, driver: 'web' });
    expect(world.posts(page)).toBe(2);
  });

  test('leads where it should in read-only mode, which proves nothing', async () => {
    const world = await webWorld();
    world.index.yank('wh-demo', '1.0.0', 'broken');
    world.index.misbehave({ method: 'POST', path: page, fault: { kind: 'not-stored' } });
    const attempt = await ensureUnYanked(world);
    expect(attempt).toMatchObject({ proven: false });
    expect(attempt.proven ? '' : attempt.toDo[0]).toMatch(/still shows wh-demo 1\.0\.0 as yanked/);
  });
});
