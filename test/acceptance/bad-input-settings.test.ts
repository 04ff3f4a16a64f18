import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'smol-toml';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import { freePort } from '../../src/up/temporal-server.js';
import { slipway } from '../client/slipway.js';
import { expectRefusal, inVain, openMistakes, type Mistakes } from './mistakes.js';

let mistakes: Mistakes;
beforeAll(async () => {
  mistakes = await openMistakes(inject('temporalBinary'), inject('pythonTools'));
});
afterAll(() => mistakes.close());

it('settings with an index far away and no token refuse a release before that index is even asked', async () => {
  const { production } = mistakes.world;
  const farAway = (address: string) => address.replace('127.0.0.1', '0.0.0.0');
  await mistakes.changeSettings({
    test: {
      name: 'documented',
      upload: 'http://192.0.2.1/legacy/',
      simple: 'http://192.0.2.1/simple/',
      token: 'LOST_TOKEN',
    },
    production: {
      name: 'far-away',
      upload: farAway(production.uploadUrl),
      simple: farAway(production.simpleUrl),
      yanks: true,
      token: 'PRODUCTION_INDEX_TOKEN',
    },
  });
  const token = ['upload token LOST_TOKEN of documented is missing', 'set LOST_TOKEN (or LOST_TOKEN_FILE)'];
  const asked = production.accessLog().length;
  await expectRefusal(mistakes, 'start meant-it 0.1.0', [
    'beside the tokens of documented and far-away with no more than a process between them',
    'start with --accept-unisolated if you trust',
    ...token,
  ]);
  expect(production.accessLog()).toHaveLength(asked);
  await expectRefusal(mistakes, 'start meant-it 0.1.0 --accept-unisolated', [
    'meant-it 0.1.0 is released on far-away already',
    ...token,
  ]);
  expect(production.accessLog().length).toBeGreaterThan(asked);
});

it('settings with an index that does not answer keep a release waiting, and it can be given up', async () => {
  const nowhere = `http://127.0.0.1:${String(await freePort())}/`;
  await mistakes.changeSettings({
    production: {
      name: 'down',
      upload: nowhere,
      simple: nowhere,
      yanks: true,
      token: 'PRODUCTION_INDEX_TOKEN',
    },
  });
  const { stderr, exitCode } = await inVain(mistakes, 'start meant-it 0.2.0');
  expect(stderr).toContain(`started, but not admitted yet (${nowhere}meant-it/ could not be read`);
  expect(stderr).toContain('`slipway abort meant-it 0.2.0`');
  expect(exitCode).toBe(4);
  const given = await inVain(mistakes, 'abort meant-it 0.2.0 --reason down');
  expect({ ...given }).toMatchObject({ exitCode: 0, stdout: 'counted: the release is being abandoned' });
  await mistakes.until('meant-it', '0.2.0', ({ outcome }) => outcome?.outcome === 'abandoned');
});

it('settings that are wrong keep the workers from starting, with every problem', async () => {
  const file = path.join(path.dirname(mistakes.world.settings), 'wrong.toml');
  await writeFile(
    file,
    stringify({
      approvers: ['ada'],
      quorum: 2,
      watch: 'soon',
      wach: '12h',
      'build-secrets': ['PYPI_TOKEN'],
      test: { name: 'pypi' },
      packages: {
        Meant_It: { repository: 'meant-it' },
        pocket: { repository: 'https://me:password@forge.example/x' },
      },
    }),
  );
  const { stdout, stderr, exitCode } = await inVain(mistakes, `worker --settings ${file}`);
  for (const words of [
    'quorum: must be at most the number of approvers, 1',
    'watch: must be a duration such as',
    'wach: is no key',
    'build-secrets: PYPI_TOKEN can publish, push, yank, report coverage or speak to people',
    'test: is the production index',
    'packages.Meant_It: "Meant_It" is not normalised: write meant-it',
    'packages.pocket.repository: must be https://…',
  ])
    expect(stderr).toContain(words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('a Temporal server that does not answer is named, with both ways out', async () => {
  const address = `127.0.0.1:${String(await freePort())}`;
  const { stderr, exitCode } = await slipway(['start', 'meant-it', '0.2.0'], address);
  expect(stderr).toContain(`No Temporal server can be used at ${address}`);
  expect(stderr).toContain('Start one with `slipway up`, or set TEMPORAL_ADDRESS');
  expect(exitCode).toBe(4);
});
