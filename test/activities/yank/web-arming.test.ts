import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { DriverArming } from '../../../src/activities/yank/driver.js';
import { webDriver } from '../../../src/activities/yank/web/web-driver.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { asIf, makeCertificates, startGuarded } from '../support/guarded.js';
import { ada, page, subject, uploadRelease, webWorld, type WebWorld } from './web-world.js';

const next = { ...subject, version: '2.0.0' };

function arm({ driver, address }: WebWorld, target = subject): Promise<DriverArming> {
  return driver.arm({ index: address, subject: target });
}

function changes({ index }: WebWorld): number {
  return index.accessLog().filter(({ kind }) => kind === 'change').length;
}

describe('arming', () => {
  test('logs in, finds the form and changes nothing; the yank then only sends it', async () => {
    const world = await webWorld();
    const before = changes(world);
    expect(await arm(world)).toEqual({
      state: 'armed',
      until: '2026-08-21T22:00:07.300Z',
      evidence: [{ what: 'ada is logged in as an owner of wh-demo, and the form to yank 1.0.0 is there' }],
      toDo: [],
    });
    expect(changes(world)).toBe(before);
    expect(world.posts(page)).toBe(0);
    await world.ensureYanked();
    expect(world.posts('/account/login/')).toBe(1);
    expect((await arm(world)).evidence[0]?.what).toContain('1.0.0 has no form to yank it');
  });

  test('before the first upload of a version finds those of another release', async () => {
    const world = await webWorld();
    expect(await arm(world, next)).toMatchObject({
      state: 'armed',
      evidence: [
        {
          what: expect.stringMatching(/whose releases have their forms; 2\.0\.0 is not there yet$/) as string,
        },
      ],
    });
    await uploadRelease(world.index, '2.0.0');
    expect((await arm(world, next)).evidence[0]?.what).toContain('the form to yank 2.0.0 is there');
  });

  test('keeps the session warm, and says when it cannot', async () => {
    const world = await webWorld();
    const start = world.now();
    for (const hours of [0, 10, 20, 30]) {
      world.now = () => start + hours * 3_600_000;
      const until = new Date(start + (hours + 12) * 3_600_000).toISOString();
      expect(await arm(world)).toMatchObject({ state: 'armed', until });
    }
    expect(world.posts('/account/login/')).toBe(1);
    world.index.misbehave({ path: /^\/manage\//, fault: { kind: 'challenge' } });
    expect(await arm(world)).toMatchObject({
      state: 'unarmed',
      evidence: [{ what: expect.stringContaining('challenge page') as string }],
      toDo: [expect.stringContaining('yank in a browser') as string],
    });
  });

  test('is unclear while the site is down, which tells nothing of the login', async () => {
    const world = await webWorld();
    world.index.misbehave({ path: /^\/manage\//, times: 1, fault: { kind: 'answer', status: 503 } });
    expect(await arm(world)).toMatchObject({ state: 'unclear' });
    world.index.misbehave({ path: /^\/manage\//, times: 1, fault: { kind: 'commit-then-drop' } });
    expect(await arm(world)).toMatchObject({ state: 'unclear' });
    expect(await arm(world)).toMatchObject({ state: 'armed' });
  });

  test('does not work for a project that nobody has uploaded yet, nor for one of somebody else', async () => {
    const world = await webWorld();
    const unknown = await arm(world, { package: 'wh-new', version: '1.0.0' });
    expect(unknown).toMatchObject({ state: 'unarmed' });
    expect(unknown.toDo[0]).toContain('Have a person on watch for the first release of wh-new');
    const other = await webWorld({ web: { accounts: [{ ...ada, owns: ['wh-new'] }] } });
    expect(await arm(other)).toMatchObject({
      state: 'unarmed',
      evidence: [{ what: expect.stringContaining('ada may not change wh-demo') as string }],
    });
  });
});

describe('over https', () => {
  test('the driver says where it comes from, and holds cookies that are Secure', async () => {
    const folder = await indexes.temporaryFolder();
    const certificates = await makeCertificates(folder, ['localhost']);
    const world = await webWorld({
      async front(index) {
        const guarded = await startGuarded(
          certificates,
          '',
          () => false,
          (request, response) => {
            request.headers['x-forwarded-proto'] = 'https';
            request.headers['x-forwarded-host'] = request.headers.host;
            asIf(index.url, site)(request, response);
          },
        );
        onTestFinished(() => guarded.close());
        const site = `https://localhost:${String(guarded.port)}/`;
        const address = { name: 'ours', upload: `${site}legacy/`, simple: `${site}simple/` };
        return { address, caBundle: certificates.ca };
      },
    });
    expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
  });

  test('alone the password is sent to another machine', async () => {
    const world = await webWorld();
    const open = {
      name: 'open',
      upload: 'http://index.example/legacy/',
      simple: 'http://index.example/simple/',
    };
    const { settings } = world.bench;
    const bench = {
      ...world.bench,
      settings: { ...settings, production: { ...settings.production, ...open } },
    };
    const { evidence } = await webDriver(bench).arm({ index: open, subject });
    expect(evidence[0]?.what).toContain('index.example would get the password in the clear');
  });
});

describe('the cookie of a remembered device', () => {
  const files = async ({ bench }: WebWorld) => {
    const folder = path.join(bench.settings.state, 'owner');
    return (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name));
  };

  test('stays in memory unless the settings want it kept', async () => {
    const world = await webWorld();
    await arm(world);
    expect(await files(world)).toEqual([]);
  });

  test('is kept sealed for its owner alone, and logs another process in without a code', async () => {
    const world = await webWorld({ setting: { rememberDevice: true } });
    await arm(world);
    const [file = ''] = await files(world);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    const content = await readFile(file, 'utf8');
    expect(content).not.toMatch(/remember|canary|ada/);
    await arm(world);
    expect(await readFile(file, 'utf8')).toBe(content);
    const another = webDriver(world.bench, () => world.now());
    expect(await another.arm({ index: world.address, subject })).toMatchObject({ state: 'armed' });
    expect([world.posts('/account/login/'), world.posts('/account/two-factor/')]).toEqual([2, 1]);
  });

  test('that somebody has changed, or sealed with another seed, is of no use and no harm', async () => {
    const world = await webWorld({ setting: { rememberDevice: true } });
    await arm(world);
    const [file = ''] = await files(world);
    const sealed = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    for (const broken of [{ ...sealed, salt: 'AAAA' }, { ...sealed, tag: sealed.salt }, {}, 'nothing']) {
      await writeFile(file, JSON.stringify(broken));
      const start = world.now();
      world.now = () => start + 60_000;
      const another = webDriver(world.bench, () => world.now());
      expect(await another.arm({ index: world.address, subject })).toMatchObject({ state: 'armed' });
    }
    expect(world.posts('/account/two-factor/')).toBe(5);
  });
});
