import { describe, expect, test } from 'vitest';

import { readLines as read } from './settings-lines.js';

const drivers = '[yank]\ndrivers = ["web", "person"]';
const account = '[yank.web]\nuser = "mara"\npassword = "OWNER"\nseed = "SEED"';

describe('a yank by an API', () => {
  const api =
    '[yank]\ndrivers = ["api"]\n[yank.api]\naddress = "https://index.example/yank/"\nsecret = "PULP"';

  test('is one request', async () => {
    expect((await read(api, '[yank.api.body]\nname = "{package}"')).yank.api).toEqual({
      method: 'POST',
      address: 'https://index.example/yank/',
      body: { name: '{package}' },
      encoding: 'json',
      header: 'Authorization: Bearer {secret}',
      secret: 'PULP',
    });
  });

  test.each([
    ['its table', ['[yank]\ndrivers = ["api"]'], 'the driver "api" needs the table [yank.api]'],
    [
      'its driver',
      [api.replace('["api"]', '["person"]')],
      'the table [yank.api] is of use to the driver "api" only',
    ],
    ['https', [api.replace('https:', 'http:')], 'would get the secret in the clear'],
    ['the secret in its header', [api, 'header = "X-Token: abc"'], 'must be a header with {secret}'],
    [
      'secrets that no project code can read',
      ['build-secrets = ["PULP"]', api],
      'build-secrets: PULP can publish',
    ],
  ])('is refused without %s', async (_what, lines, problem) => {
    await expect(read(...lines)).rejects.toThrow(problem);
  });
});

describe("a yank by the owner's web form", () => {
  test('is of one account, whose cookie is not kept', async () => {
    expect((await read(drivers, account)).yank).toEqual({
      drivers: ['web', 'person'],
      limitSeconds: 15,
      lateFilesSeconds: 900,
      secrets: [],
      web: { user: 'mara', password: 'OWNER', seed: 'SEED', rememberDevice: false },
    });
    const { yank } = await read(drivers, account, 'remember-device = true');
    expect(yank.web?.rememberDevice).toBe(true);
  });

  test.each([
    ['an account', [drivers], 'the driver "web" needs the table [yank.web] with user, password and seed'],
    ['all of it', [drivers, '[yank.web]\nuser = "mara"'], 'yank.web.password: is missing'],
    ['its driver', [account], 'the table [yank.web] is of use to the driver "web" only'],
    [
      'an index that can yank',
      [
        drivers,
        account,
        '[production]\nname = "ours"\nyanks = false\nupload = "https://index.example/u"\nsimple = "https://index.example/s"',
      ],
      'the driver "web" has no form on ours, which cannot yank',
    ],
    [
      'secrets that no project code can read',
      ['build-secrets = ["SEED"]', drivers, account],
      "build-secrets: SEED can publish, push, yank, report coverage or speak to people, and the build zone runs other people's code",
    ],
  ])('is refused without %s', async (_what, lines, problem) => {
    await expect(read(...lines)).rejects.toThrow(problem);
  });
});

test('main is put back without a question only where the settings say so', async () => {
  expect(await read('after-yank = "put-back"')).toMatchObject({ afterYank: 'put-back' });
  await expect(read('after-yank = "always"')).rejects.toThrow('after-yank: must be one of ask, put-back');
});
