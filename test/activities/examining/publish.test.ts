import { beforeEach, describe, expect, test } from 'vitest';

import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { createPublishExaminations } from '../../../src/activities/examining/publish.js';
import { forges } from '../../../src/activities/forge/forges.js';
import { weekdays, type Hours } from '../../../src/config/hours.js';
import { readSecrets } from '../../../src/config/secrets.js';
import type { IndexSetting } from '../../../src/config/settings.js';
import type { Precondition, PublishExamined } from '../../../src/contract/preconditions.js';
import { makeDistributions, plainUpload, runningIndex } from '../../rehearsal/index/tools.js';
import { branch, makeWorld, subject, type World } from '../git-world.js';
import { addressOf, neverBefore } from '../support/bench.js';

let world: World;
let production: IndexStandIn;
let testIndex: IndexStandIn;
beforeEach(async () => {
  [world, production, testIndex] = await Promise.all([makeWorld(), runningIndex(), runningIndex()]);
});

/** What is found before a release by ada, whose service has these indexes and the secrets of these names. */
async function examine(
  indexes: { test?: Partial<IndexSetting>; production?: Partial<IndexSetting> } = {},
  secrets: readonly string[] = ['TESTPYPI_TOKEN', 'PYPI_TOKEN'],
): Promise<PublishExamined> {
  const setting = { repository: world.repository, base: 'main', lines: {}, branch: 'release/{version}' };
  const settings = {
    ...world.bench.settings,
    approvers: ['grace'],
    test: { ...world.bench.settings.test, ...addressOf('test', testIndex), ...indexes.test },
    production: {
      ...world.bench.settings.production,
      ...addressOf('production', production),
      ...indexes.production,
    },
    packages: {
      [subject.package]: {
        ...setting,
        forge: { kind: 'git' as const, checks: [], publishingWorkflows: 'refuse' as const, pollSeconds: 1 },
      },
    },
  };
  const values = Object.fromEntries(secrets.map((name) => [name, `value of ${name}`]));
  const bench = { ...world.bench, settings, secrets: readSecrets(settings, 'publish', values) };
  const request = { ...subject, by: 'ada', wait: false, acceptUnisolated: false };
  return createPublishExaminations(bench, forges(bench), neverBefore).examinePublish({ request });
}

function of(state: Precondition['state'], { preconditions }: PublishExamined): Omit<Precondition, 'about'>[] {
  return preconditions
    .filter((each) => each.state === state)
    .map(({ said, remedy }) => ({ state, said, ...(remedy === undefined ? {} : { remedy }) }));
}

const refs = () => world.git('ls-remote', world.repository);

describe('what the publish zone finds before a release', () => {
  test('is its commit, the next candidate and no failure where all is well, and it changes nothing', async () => {
    const before = await refs();
    const found = await examine();
    expect(of('fail', found)).toEqual([]);
    expect(found).toMatchObject({
      next: '0.2.0.dev0',
      card: { subject: 'More', author: 'Mara', commit: await world.ref(`refs/heads/${branch}`) },
      terms: { branch, base: 'main' },
    });
    expect(await refs()).toBe(before);
    for (const index of [production, testIndex])
      expect(index.accessLog().filter(({ kind }) => kind === 'change')).toEqual([]);
  });

  test('is no failure where the branch stands at main still: step 2 gives it a commit of its own', async () => {
    await world.push('main');
    const found = await examine();
    expect(of('fail', found)).toEqual([]);
    expect(of('pass', found)).toContainEqual(
      expect.objectContaining({
        said: expect.stringMatching(/ holds all of main, which stands at /) as string,
      }),
    );
  });

  test('is main that has moved also where it has left a branch without a commit of its own behind', async () => {
    await world.push('main');
    await world.commit({ 'other.txt': 'x\n' });
    await world.push('main');
    expect(of('fail', await examine())).toEqual([
      expect.objectContaining({
        said: expect.stringMatching(/^main has moved to \w+, so what was/) as string,
      }),
    ]);
  });

  test('is a badge of another branch with its line, and main that has moved with what to type', async () => {
    await world.commit({
      'README.md': '# demo\n\n![c](https://codecov.io/gh/o/demo/branch/dev/graph/badge.svg)\n',
    });
    await world.push(branch);
    await world.git('switch', '--quiet', 'main');
    await world.commit({ 'other.txt': 'x\n' });
    await world.push('main');
    expect(of('fail', await examine())).toEqual([
      expect.objectContaining({
        said: expect.stringMatching(/^main has moved to \w+, so what was tested is not/) as string,
        remedy: `merge it into the branch: git switch ${branch} && git fetch origin && git merge origin/main && git push`,
      }),
      expect.objectContaining({
        said: 'README.md:3: a Codecov badge or link shows the branch dev',
        remedy: expect.stringMatching(/^make it show main/) as string,
      }),
    ]);
  });

  test('is at which hours uploads begin and people can be asked, which is no term of a release', async () => {
    const publishWindow: Hours = { zone: 'Europe/Berlin', hours: '09:00-15:00', days: ['mon', 'tue'] };
    const roster = { grace: { ...publishWindow, days: weekdays } };
    const { bench } = world;
    world = { ...world, bench: { ...bench, settings: { ...bench.settings, publishWindow, roster } } };
    const { hours, terms } = await examine();
    expect(hours).toEqual({
      uploads: 'mon, tue 09:00-15:00 Europe/Berlin',
      people: [{ by: 'grace', hours: 'every day 09:00-15:00 Europe/Berlin' }],
    });
    expect(JSON.stringify(terms)).not.toContain('Europe/Berlin');
  });

  test('is what earlier runs have taken, wherever it is', async () => {
    const { wheel } = await makeDistributions(subject.package, '0.2.0.dev1');
    expect(await plainUpload(testIndex, wheel)).toMatchObject({ status: 200 });
    await world.git('push', '--quiet', world.repository, 'HEAD:refs/tags/v0.2.0.dev4');
    const found = await examine();
    expect(found.next).toBe('0.2.0.dev5');
    expect(of('pass', found)).toContainEqual(
      expect.objectContaining({
        said: '0.2.0.dev5 is the first candidate: of earlier runs test holds 0.2.0.dev1; git holds 0.2.0.dev4, by test, production, git',
      }),
    );
  });

  test('is nothing of an index that does not answer, which is no failure', async () => {
    const found = await examine({ test: { simple: 'http://127.0.0.1:1/simple/' } });
    expect(of('fail', found)).toEqual([]);
    expect(of('unknown', found)).toContainEqual(
      expect.objectContaining({
        said: expect.stringMatching(/^What test holds could not be looked at: /) as string,
      }),
    );
    expect(found).not.toHaveProperty('next');
  });

  test('is a token that is missing by its name, and the value of no other', async () => {
    const found = await examine({}, ['TESTPYPI_TOKEN']);
    expect(of('fail', found)).toEqual([
      {
        state: 'fail',
        said: 'The upload token PYPI_TOKEN of production is missing',
        remedy: 'set PYPI_TOKEN (or PYPI_TOKEN_FILE) for the worker.',
      },
    ]);
    expect(JSON.stringify(found)).not.toContain('value of');
  });

  test('is nothing of an index that nobody has accepted: it is not even read', async () => {
    const found = await examine({
      production: { upload: 'https://index.invalid/legacy/', simple: 'https://index.invalid/simple/' },
    });
    expect(of('fail', found)).toEqual([
      expect.objectContaining({ remedy: expect.stringMatching(/^start with --accept-unisolated/) as string }),
    ]);
    expect(of('unknown', found)).toContainEqual(
      expect.objectContaining({ said: expect.stringMatching(/is not even read$/) as string }),
    );
    expect(testIndex.accessLog()).toEqual([]);
  });

  test('is no repository where git is not let in, with everything that needs none', async () => {
    world = { ...world, repository: `${world.repository}-gone` };
    const found = await examine();
    expect(of('fail', found).length).toBeGreaterThan(0);
    for (const { remedy } of of('fail', found)) expect(remedy).toMatch(/start again/);
    expect(of('pass', found)).toContainEqual(
      expect.objectContaining({ said: 'The upload token PYPI_TOKEN of production is set' }),
    );
  });
});
