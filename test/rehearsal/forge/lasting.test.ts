import path from 'node:path';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { expect, test } from 'vitest';
import { readJournal } from '../../../rehearsal/forge/journal.js';
import { checkGitHubShapes } from '../../github-api/shape.js';
import * as world from './world.js';

const { repository } = world;

test('after a restart the forge holds the same and goes on counting', async () => {
  const folder = await world.temporaryFolder();
  const first = await world.runningForge({}, { folder });
  await world.commitTo(first, 'main', { 'README.md': 'meant it\n' });
  const { number, head } = await world.openPull(first);
  await world.approve(first, number, 'grace');
  await world.report(first, head, 'tests', 'success');
  first.configure(world.fullName, { deleteBranchOnMerge: true });
  const look = async (forge: typeof first) => {
    const ada = world.clientOf(forge, 'ada');
    const { data: pull } = await ada.rest.pulls.get({ ...repository, pull_number: number });
    const reviews = await ada.rest.pulls.listReviews({ ...repository, pull_number: number });
    const status = await ada.rest.repos.getCombinedStatusForRef({ ...repository, ref: head });
    const { data: settings } = await ada.rest.repos.get(repository);
    return [pull, reviews.data, status.data, settings];
  };
  const before = await look(first);
  const log = [...first.journal()];
  await first.close();
  expect(readJournal(path.join(folder, 'journal.jsonl'))).toEqual(log);

  const port = Number(new URL(first.url).port);
  const second = await world.runningForge({}, { folder, port });
  expect(second.journal()).toEqual(log);
  expect(await look(second)).toEqual(before);
  const next = await world.openPull(second, { branch: 'next', files: { 'next.txt': 'next\n' } });
  expect(next.number).toBe(number + 1);
  const seqs = second.journal().map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_seq, index) => index + 1));
});

test('an app gets tokens with its key, by the client that apps use', async () => {
  let now = new Date();
  const forge = await world.runningForge({}, { now: () => now });
  const app = new Octokit({ authStrategy: createAppAuth, auth: world.appSecret, baseUrl: forge.apiUrl });
  checkGitHubShapes(app);
  expect((await app.request('GET /app')).data?.slug).toBe('slipway');
  const installation = await app.request('GET /repos/{owner}/{repo}/installation', repository);
  expect(installation.data.id).toBe(world.appSecret.installationId);
  const token = async (): Promise<string> => {
    const { data } = await app.request('POST /app/installations/{installation_id}/access_tokens', {
      installation_id: installation.data.id,
    });
    return data.token;
  };
  const issued = await token();
  const asking = () =>
    fetch(`${forge.apiUrl}/repos/ada/meant-it`, { headers: { authorization: `token ${issued}` } });
  expect((await asking()).status).toBe(200);
  const repo = await app.request('GET /repos/{owner}/{repo}', repository);
  expect(repo.data.permissions?.push).toBe(true);
  now = new Date(now.getTime() + 3_601_000);
  expect((await asking()).status).toBe(401);
});

test("an app's key opens nothing else, and another key nothing at all", async () => {
  const forge = await world.runningForge();
  const webToken = [
    { alg: 'RS256', typ: 'JWT' },
    { iss: '4711', exp: Math.floor(Date.now() / 1000) + 60 },
  ]
    .map((it) => Buffer.from(JSON.stringify(it)).toString('base64url'))
    .join('.');
  const headers = { authorization: `Bearer ${webToken}.${Buffer.from('forged').toString('base64url')}` };
  for (const below of ['/app', '/repos/ada/meant-it', '/user'])
    expect((await fetch(`${forge.apiUrl}${below}`, { headers })).status).toBe(401);
});
