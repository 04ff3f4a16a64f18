import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as world from './world.js';

const { repository } = world;

test('a release is drafted with its files and then published with its tag', async () => {
  const forge = await world.runningForge();
  const sha = (await world.tipOf(forge, 'main')) ?? '';
  const ada = world.clientOf(forge, 'ada');
  const wanted = { tag_name: 'v1.0.0', target_commitish: sha, name: 'meant-it 1.0.0', draft: true };
  const draft = await ada.rest.repos.createRelease({ ...repository, ...wanted });
  expect(draft.data).toMatchObject({ draft: true, published_at: null, assets: [] });
  expect(await world.tipOf(forge, 'refs/tags/v1.0.0')).toBeUndefined();
  const upload = { url: draft.data.upload_url, name: 'evidence.json', data: '{"passed":true}' };
  const headers = { 'content-type': 'application/json' };
  const { data: asset } = await ada.rest.repos.uploadReleaseAsset({ ...upload, headers } as never);
  const digest = createHash('sha256').update(upload.data).digest('hex');
  expect(asset).toMatchObject({ name: 'evidence.json', size: 15, digest: `sha256:${digest}` });
  const again = ada.rest.repos.uploadReleaseAsset({ ...upload, headers } as never);
  expect((await world.refusalOf(again)).message).toContain('already_exists');
  const byTag = { ...repository, tag: 'v1.0.0' };
  expect((await world.refusalOf(ada.rest.repos.getReleaseByTag(byTag))).status).toBe(404);
  expect((await world.clientOf(forge).rest.repos.listReleases(repository)).data).toEqual([]);
  expect((await ada.rest.repos.listReleases(repository)).data).toHaveLength(1);

  const release_id = draft.data.id;
  const published = await ada.rest.repos.updateRelease({ ...repository, release_id, draft: false });
  expect(published.data).toMatchObject({ draft: false, tag_name: 'v1.0.0', name: 'meant-it 1.0.0' });
  expect(await world.tipOf(forge, 'refs/tags/v1.0.0')).toBe(sha);
  expect((await world.clientOf(forge).rest.repos.getReleaseByTag(byTag)).data.id).toBe(release_id);
  expect((await ada.rest.repos.getLatestRelease(repository)).data.id).toBe(release_id);
  const bytes = await fetch(asset.url, { headers: { accept: 'application/octet-stream' } });
  expect(await bytes.text()).toBe(upload.data);
});

test('a tag has one published release, and any number of drafts', async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  const create = (draft: boolean) => ada.rest.repos.createRelease({ ...repository, tag_name: 'v1', draft });
  await create(false);
  await create(true);
  const second = (await create(true)).data.id;
  expect((await world.refusalOf(create(false))).message).toContain('already_exists');
  const publish = ada.rest.repos.updateRelease({ ...repository, release_id: second, draft: false });
  expect((await world.refusalOf(publish)).status).toBe(422);
  await ada.rest.repos.deleteRelease({ ...repository, release_id: second });
  expect((await ada.rest.repos.listReleases(repository)).data.map(({ draft }) => draft)).toEqual([
    true,
    false,
  ]);
});

test('files of a release are listed and deleted', async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  const { data: release } = await ada.rest.repos.createRelease({
    ...repository,
    tag_name: 'v1',
    draft: true,
  });
  const about = { ...repository, release_id: release.id };
  for (const name of ['a.txt', 'b.txt']) {
    const headers = { 'content-type': 'text/plain' };
    const upload = { url: release.upload_url, name, data: name, headers };
    await ada.rest.repos.uploadReleaseAsset(upload as never);
  }
  const list = async () => (await ada.rest.repos.listReleaseAssets(about)).data;
  expect((await list()).map(({ name }) => name)).toEqual(['a.txt', 'b.txt']);
  const [first] = await list();
  await ada.rest.repos.deleteReleaseAsset({ ...repository, asset_id: first?.id ?? 0 });
  expect((await list()).map(({ name }) => name)).toEqual(['b.txt']);
});
