import { expect, onTestFinished } from 'vitest';

import { createYankActivities } from '../../../src/activities/yank/ensure-yanked.js';
import { totpCode } from '../../../src/activities/yank/web/totp.js';
import type { Driver } from '../../../src/activities/yank/driver.js';
import { createDrivers } from '../../../src/activities/yank/drivers.js';
import { webDriver } from '../../../src/activities/yank/web/web-driver.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { WebSetting } from '../../../src/config/yank-schema.js';
import type { YankAttempt } from '../../../src/contract/yank-attempt.js';
import type { IndexAddress } from '../../../src/contract/release.js';
import type { Account, IndexStandIn, WebPages } from '../../../rehearsal/index/contract.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from '../support/bench.js';

/** An owner whose logins from this machine were confirmed before. */
export const ada: Account = {
  user: 'ada',
  password: 'canary-of-the-password +&',
  seed: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  owns: ['wh-demo'],
  knownAddresses: ['127.0.0.1'],
};

export const subject = { package: 'wh-demo', version: '1.0.0' };
export const page = '/manage/project/wh-demo/release/1.0.0/';
const reason = 'it --loses "data" & more\nthan that';
/** The reason as a form takes it. */
export const line = 'it --loses "data" & more than that';
export const list = '/manage/project/wh-demo/releases/';

/** An index with a release and a driver that logs in there, both by one clock. */
export interface WebWorld {
  readonly index: IndexStandIn;
  readonly address: IndexAddress;
  readonly bench: Workbench;
  readonly driver: Driver;
  /** In milliseconds. */
  now: () => number;
  ensureYanked(driver?: Driver): Promise<YankAttempt>;
  /** What the index says of each file, by the index itself and past every fault. */
  shown(): Promise<unknown[]>;
  /** How often something was posted to a path. */
  posts(path: string): number;
}

/** How the world differs from the usual one. */
export interface WebWorldOptions {
  readonly web?: Partial<WebPages>;
  /** Other values of the driver's settings and secrets. */
  readonly setting?: Partial<WebSetting>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Makes the address under which the index is reached, and the certificates that are trusted. */
  readonly front?: (
    index: IndexStandIn,
  ) => Promise<{ readonly address: IndexAddress; readonly caBundle: string }>;
}

/** Starts such a world; it is gone after the test. */
export async function webWorld(options: WebWorldOptions = {}): Promise<WebWorld> {
  const start = Date.parse('2026-08-21T10:00:07.300Z');
  const world = { now: () => start };
  const index = await indexes.runningIndex({
    now: () => new Date(world.now()),
    web: { accounts: [ada], ...options.web },
  });
  await uploadRelease(index, '1.0.0');
  const front = await options.front?.(index);
  const address = front?.address ?? addressOf('the index', index);
  const bench = await makeBench({
    production: address,
    secrets: { OWNER_PASSWORD: ada.password, OWNER_SEED: ada.seed ?? '', ...options.secrets },
    settings: {
      yank: {
        drivers: ['web', 'person'],
        limitSeconds: 15,
        lateFilesSeconds: 900,
        secrets: [],
        web: {
          ...{ user: 'ada', password: 'OWNER_PASSWORD', seed: 'OWNER_SEED', rememberDevice: false },
          ...options.setting,
        },
      },
      ...(front === undefined ? {} : { network: { caBundle: front.caBundle } }),
    },
  });
  onTestFinished(() => bench.close());
  const driver = webDriver(bench, () => world.now());
  const order = { index: address, subject, reason, drivers: ['web', 'person'] as const };
  return Object.assign(world, {
    ...{ index, address, bench, driver },
    ensureYanked: (by = driver) =>
      createYankActivities(bench, createDrivers(bench, by), 3).ensureYanked(order),
    async shown() {
      index.behave();
      return (await indexes.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked);
    },
    posts: (path: string) =>
      index
        .accessLog()
        .filter((entry) => entry.kind === 'request' && entry.method === 'POST' && entry.path === path).length,
  });
}

/** Uploads both files of a version. */
export async function uploadRelease(index: IndexStandIn, version: string): Promise<void> {
  const made = await indexes.makeDistributions('wh-demo', version, version);
  for (const file of [made.wheel, made.sdist]) await indexes.plainUpload(index, file, { name: 'wh-demo' });
}

/** Nothing that comes out of the driver may hold what it was lent or was given by the site. */
export function expectNoSecret(out: unknown, { now }: WebWorld): void {
  const text = JSON.stringify(out);
  const seed = ada.seed ?? '';
  const codes = [-30, 0, 30].map((seconds) => totpCode(seed, now() + seconds * 1000));
  for (const secret of [ada.password, 'canary', seed, seed.replaceAll(' ', ''), ...codes, 'csrf', 'token='])
    expect(text).not.toContain(secret);
}
