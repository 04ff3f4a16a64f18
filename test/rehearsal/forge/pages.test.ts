import { expect, test } from 'vitest';

import * as world from './world.js';

const { repository, fullName } = world;

test('the links of a pull request, its checks and a release lead to pages that say what the API says', async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  const { number } = await world.openPull(forge);
  await ada.rest.pulls.update({ ...repository, pull_number: number, title: '<b>Release</b> 1.0.0' });
  const { data: pull } = await ada.rest.pulls.get({ ...repository, pull_number: number });
  await world.approve(forge, number, 'grace');
  await ada.rest.repos.createCommitStatus({
    ...{ ...repository, sha: pull.head.sha, state: 'success', context: 'ci/linux' },
  });
  const page = await (await fetch(pull.html_url)).text();
  expect(page).toContain('&#60;b&#62;Release&#60;/b&#62; 1.0.0');
  expect(page).toContain('grace: approved');
  expect(page).toContain('ci/linux: success');
  expect(page).toContain(pull.head.sha);

  const tag_name = 'v1.0.0+1';
  const { data: draft } = await ada.rest.repos.createRelease({ ...repository, tag_name, draft: true });
  expect(await (await fetch(draft.html_url)).text()).toContain('draft');
  const { data: release } = await ada.rest.repos.updateRelease({
    ...{ ...repository, release_id: draft.id, draft: false, body: 'It is out.' },
  });
  expect(await (await fetch(release.html_url)).text()).toContain('It is out.');
  const overview = await (await fetch(`${forge.url}/${fullName}`)).text();
  for (const link of [pull.html_url, release.html_url])
    expect(overview).toContain(`href="${new URL(link).pathname}"`);
});

test('there is no page of what is not there, or is private', async () => {
  const forge = await world.runningForge({ private: true });
  for (const path of [fullName, `${fullName}/pull/1`, 'nobody/nothing', '%', `${fullName}/settings`])
    expect((await fetch(`${forge.url}/${path}`)).status).toBe(404);
});
