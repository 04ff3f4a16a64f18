import { describe, expect, test } from 'vitest';

import { webDriver } from '../../../src/activities/yank/web/web-driver.js';
import type { YankAttempt } from '../../../src/contract/yank-attempt.js';
import type { Fault } from '../../../rehearsal/index/faults.js';
import { Visitor } from '../../rehearsal/index/visitor.js';
import {
  ada,
  expectNoSecret,
  line,
  list,
  page,
  subject,
  webWorld,
  type WebWorld,
  type WebWorldOptions,
} from './web-world.js';

function expectToDo(attempt: YankAttempt, world: WebWorld): string {
  expect(attempt.proven).toBe(false);
  expectNoSecret(attempt, world);
  const toDo = attempt.proven ? [] : attempt.toDo;
  expect(toDo).toContain(`Open ${world.index.url}${page.slice(1)} as an owner of wh-demo on the index.`);
  return [...attempt.evidence.map(({ what }) => what), ...toDo].join('\n');
}

interface Obstructed {
  readonly obstacle: string;
  readonly options?: WebWorldOptions;
  readonly before?: (world: WebWorld) => Promise<void> | void;
  /** What people have to be told. */
  readonly told: readonly string[];
}

const challenge: Fault = { kind: 'challenge' };

const obstructed: readonly Obstructed[] = [
  {
    obstacle: 'a challenge page before the login',
    before: ({ index }) => index.misbehave({ path: /^\/(account|manage)\//, fault: challenge }),
    told: ['answers with a challenge page, which only a browser passes', 'yank in a browser'],
  },
  {
    obstacle: 'a challenge page in place of the code',
    before: ({ index }) => index.misbehave({ path: '/account/two-factor/', fault: challenge }),
    told: ['answers with a challenge page, which only a browser passes'],
  },
  {
    obstacle: 'an account that has only a passkey',
    options: { web: { accounts: [{ user: 'ada', password: ada.password, owns: ['wh-demo'] }] } },
    told: ['has no authentication application', 'manage/account/#two-factor'],
  },
  {
    obstacle: 'an address that is not known yet',
    options: { web: { accounts: [{ ...ada, knownAddresses: [] }] } },
    told: [
      "does not know this machine's address yet and has sent ada a mail",
      'Open the link in the mail "Unrecognized login …" to ada from this machine\'s own address',
    ],
  },
  {
    obstacle: 'a wrong password',
    options: { secrets: { OWNER_PASSWORD: 'canary-of-another' } },
    told: [
      'does not take the password of ada: "The password is invalid. Try again."',
      'Put the secret OWNER_PASSWORD right',
      'account/login/',
    ],
  },
  {
    obstacle: 'an unknown user',
    options: { setting: { user: 'nobody' } },
    told: ['knows no user nobody', '[yank.web] user'],
  },
  {
    obstacle: 'a wrong seed',
    options: { secrets: { OWNER_SEED: 'KRSXG5CTMVRXEZLUKRSXG5CT' } },
    told: ['does not take the codes made from the seed of ada: "Invalid TOTP code."', 'OWNER_SEED'],
  },
  {
    obstacle: 'a seed that is none',
    options: { secrets: { OWNER_SEED: 'canary 0189' } },
    told: ['the secret OWNER_SEED holds no seed of one-time codes'],
  },
  {
    obstacle: 'the limit of wrong codes',
    before: async ({ index, now }) => {
      for (let guesses = 0; guesses < 5; guesses++) await new Visitor(index.url).logIn(ada, now() - 600_000);
    },
    told: ['lets no login in for 300 s after too many wrong ones'],
  },
  {
    obstacle: 'the limit of wrong passwords',
    before: async ({ index }) => {
      for (let guesses = 0; guesses < 10; guesses++)
        await new Visitor(index.url).giveName({ ...ada, password: 'no' });
    },
    told: ['lets no login in after too many wrong ones'],
  },
  {
    obstacle: 'an account that owns nothing',
    options: { web: { accounts: [{ ...ada, owns: [] }] } },
    told: ['ada may not change wh-demo', 'manage/project/wh-demo/collaboration/'],
  },
  {
    obstacle: 'a site that is out of order',
    before: ({ index }) => index.misbehave({ path: /^\/account\//, fault: { kind: 'answer', status: 503 } }),
    told: ['/account/login/ answers 503', 'is out of order: look at its status page'],
  },
  {
    obstacle: 'a site that resets connections',
    before: ({ index }) => index.misbehave({ path: /^\/account\//, fault: { kind: 'drop-before-commit' } }),
    told: ['could not be read'],
  },
  {
    obstacle: 'a page that nobody knows',
    before: ({ index }) =>
      index.misbehave({ path: page, fault: { kind: 'answer', status: 418, reason: 'Tea' } }),
    told: [`${page} answers 418 with a page that the service does not know ("418 Tea")`],
  },
  {
    obstacle: 'a page that repeats the password',
    before: ({ index }) =>
      index.misbehave({ path: page, fault: { kind: 'answer', status: 418, reason: ada.password } }),
    told: ['does not know ("418 [secret]")'],
  },
  {
    obstacle: 'a site that leads to another one',
    before: ({ index }) =>
      index.misbehave({
        path: '/account/login/',
        fault: { kind: 'answer', status: 303, headers: { location: 'https://evil.example/login' } },
      }),
    told: ['/account/login/ leads away, to evil.example'],
  },
  {
    obstacle: 'read-only mode, in which the site says that it has yanked',
    before: ({ index }) => index.misbehave({ method: 'POST', path: page, fault: { kind: 'not-stored' } }),
    told: ['was sent and led where it should', 'it may be read-only for now', list],
  },
  {
    obstacle: 'a quarantine',
    before: ({ index }) => index.quarantine('wh-demo', '1.0.0'),
    told: ['wh-demo 1.0.0 is in quarantine', 'Ask the administrators'],
  },
  {
    obstacle: 'a password that was changed since the login',
    before: async (world) => {
      await world.driver.arm({ index: world.address, subject });
      const start = world.now();
      world.now = () => start + 31 * 60_000;
      world.index.misbehave({ path: '/account/reauthenticate/', fault: wrongForm(world) });
    },
    told: ['does not take the password of ada', 'OWNER_PASSWORD'],
  },
];

/** As a wrong password is answered there: the same way on as a right one, with nothing done. */
function wrongForm({ index }: WebWorld): Fault {
  const location = new URL(page, index.url).href;
  return { kind: 'answer', status: 303, headers: { location } };
}

describe('people are told within seconds, with the page and no secret, of', () => {
  test.each(obstructed)(
    '$obstacle',
    async ({ options, before, told }) => {
      const world = await webWorld(options);
      await before?.(world);
      const text = expectToDo(await world.ensureYanked(), world);
      for (const part of told) expect(text).toContain(part);
      if (!told[0]?.includes('quarantine')) expect(await world.shown()).toEqual([false, false]);
    },
    30_000,
  );

  test('a driver without its secrets, without its table, or for an index that is not of its settings', async () => {
    const world = await webWorld({ setting: { password: 'NOWHERE', seed: 'NOR_HERE' } });
    expect(expectToDo(await world.ensureYanked(), world)).toContain('it needs NOWHERE and NOR_HERE');
    const elsewhere = { ...world.address, simple: world.address.upload };
    const other = await webWorld();
    const { acted, evidence } = await other.driver.yank({ index: elsewhere, subject, reason: line });
    expect(acted).toBe(false);
    expect(evidence[0]?.what).toContain('The release was started with the index');
    expect(other.posts('/account/login/')).toBe(0);
    const { web: _web, ...yank } = other.bench.settings.yank;
    const bare = webDriver({ ...other.bench, settings: { ...other.bench.settings, yank } });
    expect(expectToDo(await other.ensureYanked(bare), other)).toContain(
      'the settings have no table [yank.web]',
    );
  });
});

test.each([
  ['password', { OWNER_PASSWORD: 'wrong' }],
  ['seed', { OWNER_SEED: 'KRSXG5CTMVRXEZLUKRSXG5CT' }],
])(
  'a %s that the site refuses is not tried again, which would lock its owner out',
  async (_what, secrets) => {
    const world = await webWorld({ secrets });
    const posts = () => world.posts('/account/login/') + world.posts('/account/two-factor/');
    const first = expectToDo(await world.ensureYanked(), world);
    const tried = posts();
    expect(tried).toBeGreaterThan(0);
    expect(expectToDo(await world.ensureYanked(), world)).toBe(first);
    expect(posts()).toBe(tried);
  },
);

test('after the link of the mail was opened from this machine, the next yank goes through', async () => {
  const world = await webWorld({ web: { accounts: [{ ...ada, knownAddresses: [] }] } });
  expectToDo(await world.ensureYanked(), world);
  await new Visitor(world.index.url).open(world.index.mails()[0]?.link ?? '');
  const start = world.now();
  world.now = () => start + 2000;
  expect(await world.ensureYanked()).toMatchObject({ proven: true, driver: 'web' });
});
