import { describe, expect, test } from 'vitest';
import { assertGitHubShape } from '../../github-api/shape.js';
import * as world from './world.js';

const { repository } = world;

test('a repository says how it may be merged and what who asks may do', async () => {
  const forge = await world.runningForge({ mergeMethods: ['squash', 'rebase'], deleteBranchOnMerge: true });
  const grace = await world.clientOf(forge, 'grace').rest.repos.get(repository);
  expect(grace.data).toMatchObject({
    full_name: 'ada/meant-it',
    default_branch: 'main',
    allow_merge_commit: false,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    delete_branch_on_merge: true,
    permissions: { admin: false, push: true, pull: true },
  });
  const nobody = await world.clientOf(forge).rest.repos.get(repository);
  expect(nobody.data.permissions).toMatchObject({ push: false, pull: true });
});

test('a private repository is not there for strangers', async () => {
  const forge = await world.runningForge({ private: true });
  for (const login of ['mallory', undefined]) {
    const looking = world.clientOf(forge, login).rest.repos.get(repository);
    expect(await world.refusalOf(looking)).toEqual({ status: 404, message: 'Not Found' });
    const cloned = await world.git(
      await world.temporaryFolder(),
      'clone',
      forge.cloneUrl(world.fullName, login),
      '.',
    );
    expect(cloned.code).not.toBe(0);
  }
});

test('somebody is who the token says, and a bad token is nobody', async () => {
  const forge = await world.runningForge();
  expect((await world.clientOf(forge, 'grace').rest.users.getAuthenticated()).data.login).toBe('grace');
  expect(await world.refusalOf(world.clientOf(forge).rest.users.getAuthenticated())).toEqual({
    status: 401,
    message: 'Requires authentication',
  });
  const bad = await fetch(`${forge.apiUrl}/user`, { headers: { authorization: 'Bearer wrong' } });
  expect(bad.status).toBe(401);
  expect(await bad.json()).toMatchObject({ message: 'Bad credentials' });
  const app = world.clientOf(forge, 'slipway[bot]').rest.users.getAuthenticated();
  expect(await world.refusalOf(app)).toMatchObject({ status: 403 });
  const permission = await world
    .clientOf(forge, 'ada')
    .rest.repos.getCollaboratorPermissionLevel({ ...repository, username: 'mallory' });
  expect(permission.data.permission).toBe('read');
});

describe('protection', () => {
  const protection = {
    requiredChecks: ['tests'],
    requiredApprovals: 2,
    dismissStaleReviews: true,
    strict: true,
  };

  test('of a branch is read by administrators, its checks by everybody', async () => {
    const forge = await world.runningForge({ protection: { main: protection } });
    const main = { ...repository, branch: 'main' };
    const ada = world.clientOf(forge, 'ada');
    expect((await ada.rest.repos.getBranchProtection(main)).data).toMatchObject({
      required_status_checks: { strict: true, contexts: ['tests'], checks: [{ context: 'tests' }] },
      required_pull_request_reviews: { dismiss_stale_reviews: true, required_approving_review_count: 2 },
      enforce_admins: { enabled: false },
    });
    const grace = world.clientOf(forge, 'grace');
    expect((await world.refusalOf(grace.rest.repos.getBranchProtection(main))).status).toBe(403);
    expect((await grace.rest.repos.getBranch(main)).data).toMatchObject({
      protected: true,
      protection: { required_status_checks: { contexts: ['tests'] } },
    });
    expect((await grace.rest.repos.getBranchRules(main)).data).toEqual([]);
  });

  test('by a ruleset is read as rules, and not as protection', async () => {
    const forge = await world.runningForge({ protection: { main: { as: 'ruleset', ...protection } } });
    const main = { ...repository, branch: 'main' };
    const ada = world.clientOf(forge, 'ada');
    expect(await world.refusalOf(ada.rest.repos.getBranchProtection(main))).toEqual({
      status: 404,
      message: 'Branch not protected',
    });
    const rules = (await ada.rest.repos.getBranchRules(main)).data;
    expect(rules.map(({ type }) => type)).toEqual([
      'deletion',
      'non_fast_forward',
      'pull_request',
      'required_status_checks',
    ]);
  });

  test('that is not there is said so', async () => {
    const forge = await world.runningForge();
    const ada = world.clientOf(forge, 'ada');
    const main = { ...repository, branch: 'main' };
    expect((await world.refusalOf(ada.rest.repos.getBranchProtection(main))).message).toBe(
      'Branch not protected',
    );
    expect((await ada.rest.repos.getBranch(main)).data.protected).toBe(false);
    const missing = ada.rest.repos.getBranch({ ...repository, branch: 'nowhere' });
    expect(await world.refusalOf(missing)).toEqual({ status: 404, message: 'Branch not found' });
  });
});

test('refs are made, read, moved and deleted, by compare-and-swap', async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  const first = (await world.tipOf(forge, 'main')) ?? '';
  const second = await world.commitTo(forge, 'main', { 'a.txt': 'a\n' });
  await ada.rest.git.createRef({ ...repository, ref: 'refs/heads/release/1.0', sha: second });
  const ref = 'heads/release/1.0';
  expect((await ada.rest.git.getRef({ ...repository, ref })).data.object.sha).toBe(second);
  const back = { ...repository, ref, sha: first };
  expect((await world.refusalOf(ada.rest.git.updateRef(back))).message).toBe('Update is not a fast forward');
  await ada.rest.git.updateRef({ ...back, force: true });
  expect(await world.tipOf(forge, 'refs/heads/release/1.0')).toBe(first);
  const matching = await ada.rest.git.listMatchingRefs({ ...repository, ref: 'heads/rel' });
  expect(matching.data.map((it) => it.ref)).toEqual(['refs/heads/release/1.0']);
  await ada.rest.git.deleteRef({ ...repository, ref });
  expect(await world.refusalOf(ada.rest.git.deleteRef({ ...repository, ref }))).toEqual({
    status: 422,
    message: 'Reference does not exist',
  });
  expect((await world.refusalOf(ada.rest.git.getRef({ ...repository, ref }))).status).toBe(404);
});

test('files and folders are read at a ref', async () => {
  const forge = await world.runningForge();
  const ada = world.clientOf(forge, 'ada');
  const file = await ada.rest.repos.getContent({ ...repository, path: 'README.md', ref: 'main' });
  expect(file.data).toMatchObject({ type: 'file', encoding: 'base64' });
  const { content } = file.data as { content: string };
  expect(Buffer.from(content, 'base64').toString()).toBe('meant it\n');
  const folder = await ada.rest.repos.getContent({ ...repository, path: '' });
  expect(folder.data).toMatchObject([{ name: 'README.md', type: 'file' }]);
  const missing = ada.rest.repos.getContent({ ...repository, path: '.github/workflows' });
  expect((await world.refusalOf(missing)).status).toBe(404);
});

describe('checks', () => {
  test('are check runs of apps and statuses of everybody, the latest of each name counting', async () => {
    const forge = await world.runningForge();
    const head = (await world.tipOf(forge, 'main')) ?? '';
    const app = world.clientOf(forge, 'slipway[bot]');
    const create = { ...repository, name: 'tests', head_sha: head };
    const refused = world.clientOf(forge, 'grace').rest.checks.create(create);
    expect(await world.refusalOf(refused)).toEqual({
      status: 403,
      message: 'You must authenticate via a GitHub App.',
    });
    await app.rest.checks.create({ ...create, status: 'completed', conclusion: 'failure' });
    const { data } = await app.rest.checks.create({ ...create, status: 'in_progress' });
    const check_run_id = Number(data.id);
    await app.rest.checks.update({ ...repository, check_run_id, conclusion: 'success' });
    const runs = async (filter?: 'all') =>
      (await app.rest.checks.listForRef({ ...repository, ref: 'main', ...(filter ? { filter } : {}) })).data;
    expect((await runs()).check_runs.map(({ conclusion }) => conclusion)).toEqual(['success']);
    expect((await runs('all')).total_count).toBe(2);
    const combined = async () =>
      (await app.rest.repos.getCombinedStatusForRef({ ...repository, ref: 'heads/main' })).data;
    expect(await combined()).toMatchObject({ state: 'pending', total_count: 0 });
    for (const state of ['pending', 'success'] as const) await world.report(forge, head, 'docs', state);
    expect(await combined()).toMatchObject({ state: 'success', total_count: 1 });
    await world.report(forge, head, 'style', 'failure');
    expect(await combined()).toMatchObject({ state: 'failure', total_count: 2 });
    const statuses = await app.rest.repos.listCommitStatusesForRef({ ...repository, ref: head });
    expect(statuses.data.map(({ context, state }) => `${context} ${state}`)).toEqual([
      'style failure',
      'docs success',
      'docs pending',
    ]);
  });
});

describe("the check against GitHub's description", () => {
  const url = 'https://localhost/repos/ada/meant-it/pulls';
  test.each([
    ['an operation', { method: 'GET', url: `${url}/1/moods` }, { status: 200 }, 'has no GET'],
    ['a query', { method: 'GET', url: `${url}?heads=a` }, { status: 200, data: [] }, 'the query heads'],
    [
      'a field of a body',
      { method: 'PUT', url: `${url}/1/merge`, body: { merge_methd: 'squash' } },
      { status: 409, data: {} },
      'merge_methd',
    ],
    [
      'a value',
      { method: 'PUT', url: `${url}/1/merge`, body: { merge_method: 'octopus' } },
      { status: 409, data: {} },
      'must be equal to one of',
    ],
    ['a status', { method: 'GET', url: `${url}/1` }, { status: 299 }, 'never answers 299'],
    [
      'an answer',
      { method: 'GET', url: `${url}/1` },
      { status: 200, data: { number: 1 } },
      "property 'title'",
    ],
  ])('finds %s that GitHub has not', (_name, request, response, message) => {
    expect(() => {
      assertGitHubShape(request, response);
    }).toThrow(message);
  });
});
