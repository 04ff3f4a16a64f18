import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { createArmingActivities } from '../../../src/activities/yank/arming.js';
import { createDrivers } from '../../../src/activities/yank/drivers.js';
import { createYankActivities } from '../../../src/activities/yank/ensure-yanked.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { ApiSetting } from '../../../src/config/yank-schema.js';
import type { YankAttempt } from '../../../src/contract/yank-attempt.js';
import type { IndexAddress } from '../../../src/contract/release.js';
import type { Fault } from '../../../rehearsal/index/faults.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { makeBench } from '../support/bench.js';
import { publishedIndex } from '../support/demo-index.js';

const subject = { package: 'wh-demo', version: '1.0.0' };
const reason = 'it --loses "data"; {version}\n`reboot`';
const line = 'it --loses "data"; {version} `reboot`';

let index: IndexStandIn;
let address: IndexAddress;

beforeEach(async () => {
  ({ index, address } = await publishedIndex());
});

/** As pulp_python wants it. */
const pulp = (): ApiSetting => ({
  method: 'POST',
  address: `${index.url}yank/`,
  body: { name: '{package}', version: '{version}', yanked_reason: '{reason}' },
  encoding: 'json',
  header: 'Authorization: Basic {base64}',
  secret: 'OWNER',
});

async function benchWith(api: Partial<ApiSetting>, secret = `owner:${indexes.OWNER}`): Promise<Workbench> {
  const bench = await makeBench({
    production: address,
    secrets: { OWNER: secret },
    settings: {
      yank: {
        drivers: ['api', 'person'],
        limitSeconds: 2,
        lateFilesSeconds: 900,
        secrets: [],
        api: { ...pulp(), ...api },
      },
    },
  });
  onTestFinished(() => bench.close());
  return bench;
}

async function ensureYanked(api: Partial<ApiSetting> = {}, secret?: string): Promise<YankAttempt> {
  const bench = await benchWith(api, secret);
  const activities = createYankActivities(bench, createDrivers(bench), 3);
  const attempt = await activities.ensureYanked({ index: address, subject, reason, drivers: ['api'] });
  expect(JSON.stringify(attempt)).not.toMatch(
    new RegExp(`${indexes.OWNER}|${btoa(`owner:${indexes.OWNER}`)}`),
  );
  return attempt;
}

const shown = async () =>
  (await indexes.simpleJson(index, 'wh-demo')).files.map(({ yanked }: { yanked: unknown }) => yanked);
const saidOf = (attempt: YankAttempt) => attempt.evidence.map(({ what }) => what).join('\n');

describe('the driver api', () => {
  test('yanks by the request of the settings, with the reason on one line, and the index proves it', async () => {
    const attempt = await ensureYanked();
    expect(attempt).toMatchObject({ proven: true, driver: 'api' });
    expect(saidOf(attempt)).toContain(`POST ${index.url}yank/ answers 202`);
    expect(await shown()).toEqual([line, line]);
  });

  test.each<[string, Partial<ApiSetting>, string]>([
    ['a wrong secret', { header: 'Authorization: Bearer {secret}' }, 'put the secret OWNER right'],
    ['a wrong address', { address: 'yank/elsewhere' }, 'look whether [yank.api]'],
    ['a wrong method', { method: 'PUT' }, 'answers 405'],
    ['a wrong body', { body: {} }, 'answers 400'],
    ['a form instead of JSON', { encoding: 'form' }, 'answers 400'],
  ])('with %s says so, and a person yanks', async (_what, { address: path, ...api }, said) => {
    const changed = path === undefined ? api : { ...api, address: `${index.url}${path}` };
    const attempt = await ensureYanked(changed);
    expect(attempt.proven ? '' : attempt.toDo.join('\n')).toContain(said);
    expect(attempt.proven ? '' : attempt.toDo.join('\n')).toContain('/manage/project/wh-demo/release/1.0.0/');
    expect(await shown()).toEqual([false, false]);
  });

  test.each<[string, Fault]>([
    ['is lost', { kind: 'commit-then-drop' }],
    ['is a 502', { kind: 'commit-then-answer', status: 502 }],
    ['is a 429', { kind: 'commit-then-answer', status: 429 }],
  ])('whose answer %s may have yanked: the index tells', async (_how, fault) => {
    index.misbehave({ method: 'POST', path: '/yank/', fault });
    expect(await ensureYanked()).toMatchObject({ proven: true, driver: 'api' });
  });

  test('follows no redirect with its secret', async () => {
    const heard: string[] = [];
    const other = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const location = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}/`;
    for (const status of [302, 307]) {
      index.misbehave({
        method: 'POST',
        path: '/yank/',
        times: 1,
        fault: { kind: 'answer', status, headers: { location } },
      });
      const attempt = await ensureYanked();
      expect(saidOf(attempt)).toContain(`leads to ${location}, where the service does not go`);
    }
    expect(heard).toEqual([]);
  });

  test('goes to no other index than that of the settings', async () => {
    const bench = await benchWith({});
    const elsewhere = { ...address, name: 'another' };
    const { api } = createDrivers(bench);
    await expect(api.yank({ index: elsewhere, subject, reason })).rejects.toThrow('no token is sent there');
    expect(index.accessLog().filter((entry) => entry.kind === 'request' && entry.path === '/yank/')).toEqual(
      [],
    );
  });

  test('is armed with its secret, and where there is a check, by that', async () => {
    const arm = async (api: Partial<ApiSetting>) => {
      const bench = await benchWith(api);
      const activities = createArmingActivities(createDrivers(bench));
      return activities.ensureArmed({ index: address, subject, drivers: ['api'] });
    };
    expect((await arm({})).armed).toEqual([{ driver: 'api' }]);
    expect((await arm({ check: `${index.url}simple/{package}/` })).armed).toEqual([{ driver: 'api' }]);
    expect(await arm({ secret: 'OTHER' })).toMatchObject({
      armed: [],
      toDo: ['The API that yanks was not asked: it needs OTHER, which this worker does not hold.'],
    });
    expect(await arm({ check: `${index.url}nothing/` })).toMatchObject({
      armed: [],
      toDo: [expect.stringContaining('answers 404') as string],
    });
    expect(index.accessLog().filter(({ kind }) => kind === 'change')).toHaveLength(2);
  });
});
