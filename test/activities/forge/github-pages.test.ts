import { expect, test } from 'vitest';

import { branch } from '../git-world.js';
import { makeGithubWorld } from './github-world.js';

test('the release page is drafted with the files, published once, and a draft can be taken away', async () => {
  const github = await makeGithubWorld();
  const { bench } = github.world;
  const sha256 = await bench.store.put('the bytes');
  const page = { tag: 'v0.2.0', title: '0.2.0', body: 'x', files: [{ filename: 'demo.whl', sha256 }] };
  expect((await github.forge.ensureReleasePage(page, 'draft'))?.what).toContain('drafted');
  await github.forge.ensureReleasePage(page, 'draft');
  const drafts = (await github.as('ada', 'GET', '/releases')) as unknown as {
    draft: boolean;
    assets: { name: string; state: string; size: number }[];
  }[];
  expect(drafts).toMatchObject([{ draft: true, assets: [{ name: 'demo.whl', state: 'uploaded', size: 9 }] }]);
  await github.forge.ensureReleasePage(page, 'published');
  expect((await github.forge.ensureReleasePage(page, 'published'))?.what).toContain('published');
  expect(await github.forge.ensureReleasePage(page, 'gone')).toBeUndefined();
  await github.forge.ensureReleasePage({ ...page, tag: 'v0.3.0' }, 'draft');
  expect((await github.forge.ensureReleasePage({ ...page, tag: 'v0.3.0' }, 'gone'))?.what).toContain(
    'deleted',
  );
});

test('a workflow that publishes on a tag is told with its file and line, one that is started by hand is not', async () => {
  const github = await makeGithubWorld();
  await github.world.commit({
    '.github/workflows/release.yml':
      'on:\n  push:\n    tags: [v*]\njobs:\n  x:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n',
    '.github/workflows/hand.yml':
      'on: workflow_dispatch\njobs:\n  x:\n    steps:\n      - run: twine upload dist/*\n',
    '.github/workflows/ci.yml':
      'on:\n  push:\n    branches: [main]\njobs:\n  x:\n    steps:\n      - run: pytest # no twine upload\n',
  });
  await github.world.push(branch);
  const { commit } = await github.world.source(branch);
  expect(await github.forge.readTraps(commit)).toEqual([
    expect.stringMatching(/^\.github\/workflows\/release\.yml:7 publishes by itself .* on a pushed tag/),
  ]);
});
