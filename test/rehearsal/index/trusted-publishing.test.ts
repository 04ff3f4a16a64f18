import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { makeIdentityProvider } from '../../../rehearsal/forge/identity.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';

const identity = makeIdentityProvider('https://identity.example.org');
const publisher = { project: 'wh-demo', repository: 'o/demo', workflow: 'publish.yml', environment: 'pypi' };

const claims = {
  repository: 'o/demo',
  repository_owner: 'o',
  ref: 'refs/heads/main',
  sha: 'a'.repeat(40),
  environment: 'pypi',
  job_workflow_ref: 'o/demo/.github/workflows/publish.yml@refs/heads/main',
};

let now = Date.now();
function running(): Promise<IndexStandIn> {
  now = Date.now();
  return tools.runningIndex({
    tokens: [],
    trust: { ...identity, publishers: [publisher] },
    now: () => new Date(now),
  });
}

async function mint(index: IndexStandIn, token: string) {
  const response = await fetch(`${index.url}_/oidc/mint-token`, {
    method: 'POST',
    body: JSON.stringify({ token }),
  });
  return (await response.json()) as { token?: string; errors?: { code: string }[] };
}

async function audienceOf(index: IndexStandIn): Promise<string> {
  const response = await fetch(`${index.url}_/oidc/audience`);
  return ((await response.json()) as { audience: string }).audience;
}

test('a workflow that the index trusts gets a token of its project for a quarter of an hour', async () => {
  const index = await running();
  const identityToken = identity.issue(await audienceOf(index), claims);
  const { token = '' } = await mint(index, identityToken);
  const [ours, other] = await Promise.all(
    ['wh-demo', 'another'].map((name) => tools.makeDistributions(name, '1.0.0')),
  );
  const upload = (file = '') => tools.plainUpload(index, file, {}, tools.basic('__token__', token));
  expect((await upload(other?.wheel)).status).toBe(403);
  expect((await upload(ours?.wheel)).status).toBe(200);
  expect((await mint(index, identityToken)).errors?.[0]?.code).toBe('invalid-reuse-token');
  now += 900_001;
  expect((await upload(ours?.sdist)).status).toBe(403);
});

describe('no token is given to', () => {
  const stranger = makeIdentityProvider('https://identity.example.org');

  test.each([
    ['another repository', 'invalid-publisher', { repository: 'mallory/demo' }],
    [
      'another workflow',
      'invalid-publisher',
      { job_workflow_ref: 'o/demo/.github/workflows/x.yml@refs/heads/main' },
    ],
    ['another environment', 'invalid-publisher', { environment: 'test' }],
    ['a workflow without an environment', 'invalid-publisher', { environment: undefined }],
  ])('%s', async (_name, code, changes) => {
    const index = await running();
    const token = identity.issue(await audienceOf(index), { ...claims, ...changes });
    expect((await mint(index, token)).errors?.[0]?.code).toBe(code);
  });

  test.each([
    ['an identity for somebody else', () => identity.issue('somebody-else', claims)],
    ['an identity that another key has signed', () => stranger.issue('index-stand-in', claims)],
    ['what is no identity', () => randomUUID()],
  ])('%s', async (_name, token) => {
    expect((await mint(await running(), token())).errors?.[0]?.code).toBe('invalid-token');
  });
});

test('attestations are taken of a trusted publisher alone, and make the provenance that the index shows', async () => {
  const index = await running();
  const { token = '' } = await mint(index, identity.issue(await audienceOf(index), claims));
  const { wheel } = await tools.makeDistributions('wh-demo', '1.0.0');
  const attestations = (name: string) => {
    const subject = [{ name, digest: { sha256: tools.sha256(readFileSync(wheel)) } }];
    const statement = Buffer.from(JSON.stringify({ subject })).toString('base64');
    return JSON.stringify([{ version: 1, envelope: { statement } }]);
  };
  const upload = (name: string, authorization = tools.basic('__token__', token)) =>
    tools.plainUpload(index, wheel, { attestations: attestations(name) }, authorization);
  expect((await upload('another.whl')).reason).toContain('subject does not match distribution');
  expect((await upload('wh_demo-1.0.0-py3-none-any.whl')).status).toBe(200);
  const { files } = await tools.simpleJson(index, 'wh-demo');
  const served = (await (await fetch(files[0]?.provenance ?? '')).json()) as object;
  expect(served).toMatchObject({
    attestation_bundles: [{ publisher: { repository: 'o/demo', workflow: 'publish.yml' } }],
  });
  const other = await tools.runningIndex();
  const refused = await tools.plainUpload(other, wheel, {
    attestations: attestations('wh_demo-1.0.0-py3-none-any.whl'),
  });
  expect(refused.reason).toContain('only supported when using Trusted Publishing');
});
