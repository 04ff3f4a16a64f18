import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { configured, openSource, resolveRef } from '../../../src/activities/support/source.js';
import type { Source } from '../../../src/contract/release.js';
import { makeBench } from './bench.js';
import { fixture, makeRepository, pyprojectWith, type Repository } from './repository.js';

let bench: Awaited<ReturnType<typeof makeBench>>;
let repository: Repository;
let first: Source;
let second: Source;

beforeAll(async () => {
  [bench, repository] = [await makeBench(), await makeRepository()];
  first = await repository.commit(fixture);
  git('tag', '--annotate', '--message=One', 'v1');
  git('branch', 'old');
  second = await repository.commit({ ...fixture, ...pyprojectWith('["pytest"]', '["pytest", "httpx"]') });
});

afterAll(async () => {
  await Promise.all([bench.close(), repository.close()]);
});

function git(...args: string[]): void {
  execFileSync('git', [
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=ada@example.org',
    '-C',
    repository.folder,
    ...args,
  ]);
}

test('a ref is the commit that it stands for on the remote', async () => {
  const commits = { v1: first, old: first, main: second, [first.commit]: first };
  for (const [ref, { commit }] of Object.entries(commits))
    expect(await resolveRef(bench, repository.folder, ref)).toBe(commit);
  expect(await resolveRef(bench, repository.folder, undefined)).toBe(second.commit);
});

test('a ref that is not there is asked for', async () => {
  await expect(resolveRef(bench, repository.folder, 'v2')).rejects.toMatchObject({ type: 'operator' });
});

test('a source is opened with the configuration that was agreed on and no other', async () => {
  const folder = path.join(bench.settings.state, 'opened');
  expect((await openSource(bench, second, folder)).testRequirements).toEqual(['pytest', 'httpx']);
  const swapped = { ...second, config: first.config };
  await expect(openSource(bench, swapped, folder)).rejects.toMatchObject({ type: 'integrity' });
});

test('what the configuration does not name is refused with what it names', () => {
  expect(configured({ loud: 1 }, 'loud')).toBe(1);
  expect(() => configured({ loud: 1, soft: 2 }, 'quiet')).toThrow('names loud, soft.');
});
