import { expect, test } from 'vitest';

import type { ReleasePage } from '../../../src/activities/forge/forge.js';
import { subject } from '../git-world.js';
import type { MakeForge, ReviewingWorld } from './forge-world.js';
import { patience } from '../../setup/patience.js';

const files = [{ name: 'demo.whl', size: 9 }];

/** What forges keep to that show a page of every release. */
export function keepsToPages(make: MakeForge<ReviewingWorld>): void {
  test('is drafted with the files, published once, and taken away while it is a draft', async () => {
    const site = await make();
    const page = await taggedPage(site, 'v0.2.0');
    await drafted(site, page);
    await drafted(site, page);
    expect(await site.listPages()).toMatchObject([{ tag_name: 'v0.2.0', draft: true, assets: files }]);
    const publish = async () => (await site.forge.ensureReleasePage(page, 'published'))?.what;
    expect(await publish()).toContain('is published');
    expect(await publish()).toContain('is published');
    expect(await site.listPages()).toMatchObject([{ tag_name: 'v0.2.0', draft: false, assets: files }]);
    expect(await site.forge.ensureReleasePage(page, 'gone')).toBeUndefined();
    const other = await taggedPage(site, 'v0.3.0');
    await drafted(site, other);
    expect((await site.forge.ensureReleasePage(other, 'gone'))?.what).toContain('deleted');
    expect(await site.forge.ensureReleasePage(other, 'gone')).toBeUndefined();
    expect((await site.listPages()).map(({ tag_name: tag }) => tag)).toEqual(['v0.2.0']);
  });

  test.each([/\/releases$/, /\/assets$/])(
    'is drafted once although an answer of %s was lost',
    async (path) => {
      const site = await make();
      const page = await taggedPage(site, 'v0.2.0');
      site.loseAnswer(path);
      await expect(site.forge.ensureReleasePage(page, 'draft')).rejects.toThrow();
      await drafted(site, page);
      const pages = await site.listPages();
      expect(pages).toMatchObject([{ draft: true, assets: files }]);
      expect(pages[0]?.assets).toHaveLength(1);
    },
  );
}

async function taggedPage({ world }: ReviewingWorld, tag: string): Promise<ReleasePage> {
  const commit = (await world.ref('refs/heads/main')) ?? '';
  await world.activities.ensureTagged({ repository: world.repository, tag, commit, subject });
  const sha256 = await world.bench.store.put('the bytes');
  return { tag, title: tag, body: 'demo.whl', files: [{ filename: 'demo.whl', sha256 }] };
}

/** Has it drafted, again and again as the engine would: a forge may not have heard of the tag yet. */
async function drafted({ forge }: ReviewingWorld, page: ReleasePage): Promise<void> {
  const draft = () => forge.ensureReleasePage(page, 'draft').then((evidence) => evidence?.what, String);
  await expect.poll(draft, patience).toContain('is drafted');
}
