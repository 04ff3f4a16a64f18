import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { forges } from '../../../src/activities/forge/forges.js';
import { createPackageIndexActivities } from '../../../src/activities/package-index.js';
import type { Uploaded } from '../../../src/activities/publisher/publisher.js';
import { createTermsActivities } from '../../../src/activities/terms.js';
import { publishFile, publishPath, publishWorkflow } from '../../../src/config/publish-workflow.js';
import { secretNames } from '../../../src/config/secrets.js';
import type { Errand } from '../../../src/contract/activities.js';
import { branch, subject } from '../git-world.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { loseFile } from '../support/losing.js';
import { neverBefore } from '../support/bench.js';
import { makeTrustedWorld, type TrustedWorld } from './trusted-world.js';

function errandOf(uploaded: Uploaded): Errand {
  if ('errand' in uploaded) return uploaded.errand;
  throw new Error(`nothing goes on elsewhere: ${JSON.stringify(uploaded)}`);
}

/** Starts a run and lets it end, well or not. */
async function runToEnd(world: TrustedWorld): Promise<Errand> {
  const errand = errandOf(await world.ensureUploaded());
  await world.runner.idle();
  return errand;
}

/** Uploads everything, and says what is then known. */
async function publish(world: TrustedWorld): Promise<string[]> {
  const { evidence } = await world.awaitUploaded(await runToEnd(world));
  const uploaded = await world.ensureUploaded();
  return [evidence, ...('evidence' in uploaded ? uploaded.evidence : [])].map(({ what }) => what);
}

const assetsOf = async ({ github }: TrustedWorld) =>
  (
    (await github.as('ada', 'GET', '/releases')) as { id: number; assets: { id: number; name: string }[] }[]
  )[0];

test('a trusted publisher uploads our files without any token, and the index says who published them', async () => {
  const world = await makeTrustedWorld();
  const { index, address, manifest, github } = world;
  expect(await publish(world)).toEqual([
    expect.stringMatching(/^uploaded without a token by .*\/o\/demo\/actions\/runs\/\d+$/),
    ...manifest.files.map(({ filename }) => `the-index had ${filename} already, with our sha256`),
  ]);
  expect(indexes.storedFiles(index)).toEqual(manifest.files.map(({ filename }) => filename));
  const { awaitVisible } = createPackageIndexActivities(github.world.bench);
  const { evidence } = await awaitVisible({ index: address, manifest });
  expect(evidence.what.match(/with provenance/g)).toHaveLength(2);
  expect(secretNames(github.world.bench.settings, 'publish')).toEqual(['TESTPYPI_TOKEN', 'FORGE_TOKEN']);
  expect((await world.runs()).map(({ conclusion }) => conclusion)).toEqual(['success']);
});

test('an asset that the release does not name is left alone, and one of ours with other bytes is put right first', async () => {
  const world = await makeTrustedWorld();
  const { github, manifest, index } = world;
  const [wheel] = manifest.files;
  const sha256 = await github.world.bench.store.put('other bytes');
  const files = [wheel?.filename ?? '', 'demo_pkg-0.2.0-cp312-cp312-linux_x86_64.whl'];
  const page = {
    tag: 'v0.2.0',
    title: 'x',
    body: '',
    files: files.map((filename) => ({ filename, sha256 })),
  };
  await github.forge.ensureReleasePage(page, 'draft');
  await publish(world);
  expect(indexes.storedFiles(index)).toEqual(manifest.files.map(({ filename }) => filename));
});

describe('the workflow refuses', () => {
  test.each([
    ['a file with another digest', () => 'f'.repeat(64), 'Check their digests'],
    ['a list that is none', () => '$(touch here)', 'Fetch the listed files and no other'],
  ])('%s, and uploads nothing', async (_name, said, step) => {
    const world = await makeTrustedWorld();
    const { github, manifest, index } = world;
    const files = manifest.files.map(({ filename, sha256 }) => ({ filename, sha256 }));
    await github.forge.ensureReleasePage({ tag: 'v0.2.0', title: 'x', body: '', files }, 'draft');
    const assets = (await assetsOf(world))?.assets ?? [];
    const lines = manifest.files.map(({ filename }) => {
      const asset = assets.find(({ name }) => name === filename)?.id ?? 0;
      return `${said()} ${asset} ${filename}`;
    });
    const inputs = { package: 'demo-pkg', version: '0.2.0', key: 'k', files: lines.join('\n') };
    const forge = forges(github.world.bench)(github.world.repository);
    await forge.workflows?.start(publishFile, 'main', inputs);
    await world.runner.idle();
    const [run] = await world.runs();
    expect(run?.conclusion).toBe('failure');
    const failed = await forge.workflows?.readFailure(run?.id ?? 0);
    expect(failed).toMatchObject({
      step,
      said: expect.stringContaining(`The job fetch, at "${step}"`) as string,
    });
    expect(index.accessLog()).toEqual([]);
  });
});

test('a start whose reply was lost is found again and not made twice', async () => {
  const world = await makeTrustedWorld({ reviewed: true });
  const lost = { method: 'POST', path: /dispatches$/, fault: { kind: 'commit-then-drop' } } as const;
  world.github.standIn.misbehave({ ...lost, times: 1 });
  const errand = errandOf(await world.ensureUploaded());
  expect(errandOf(await world.ensureUploaded())).toEqual(errand);
  expect(await world.runs()).toHaveLength(1);
});

/** A token that the index takes no more, so many times. */
const expired = (times?: number) =>
  ({
    ...{ method: 'POST', path: '/legacy/', ...(times !== undefined && { times }) },
    fault: { kind: 'answer', status: 403, reason: 'Invalid or non-existent authentication information.' },
  }) as const;

/** The tokens that the index has given to runs. */
const minted = ({ index }: TrustedWorld) =>
  index.accessLog().filter((entry) => entry.kind === 'request' && entry.path === '/_/oidc/mint-token').length;

test('row 26: a trusted token that expired in the upload is minted again by another run, and nobody is asked', async () => {
  const world = await makeTrustedWorld();
  const { index, manifest } = world;
  index.misbehave(expired(1));
  expect((await publish(world))[0]).toMatch(/Another run is started, once, with a token of its own\.$/);
  await publish(world);
  expect(minted(world)).toBe(2);
  expect(indexes.storedFiles(index)).toEqual(manifest.files.map(({ filename }) => filename));
});

test('row 26: a trusted token that is refused twice is a matter for people, who are told the job and the step', async () => {
  const world = await makeTrustedWorld();
  world.index.misbehave(expired());
  await world.awaitUploaded(await runToEnd(world));
  const errand = await runToEnd(world);
  expect(minted(world)).toBe(2);
  await expect(world.awaitUploaded(errand)).rejects.toMatchObject({
    type: 'operator',
    message: expect.stringMatching(
      /The job publish, at "Run pypa\/gh-action-pypi-publish@.*\/actions\/runs\/\d+\/job\/\d+/,
    ) as string,
  });
  world.index.behave();
  await publish(world);
  expect((await world.runs()).map(({ conclusion }) => conclusion)).toEqual(['success', 'failure', 'failure']);
});

test('row 68: files that are lost before a run was ever started start none', async () => {
  const world = await makeTrustedWorld();
  const { manifest, github } = world;
  for (const { sha256 } of manifest.files)
    await loseFile(path.join(github.world.bench.settings.state, '..', 'store'), sha256);
  expect(await world.ensureUploaded()).toEqual({ lost: manifest.files.map(({ filename }) => filename) });
  expect(await world.runs()).toEqual([]);
});

test('other bytes under a name on the index are an integrity failure, and nothing is started', async () => {
  const world = await makeTrustedWorld();
  await publish(world);
  const files = world.manifest.files.map((file) => ({ ...file, sha256: 'f'.repeat(64) }));
  Object.assign(world.manifest, { files });
  await expect(world.ensureUploaded()).rejects.toMatchObject({ type: 'integrity' });
  expect(await world.runs()).toHaveLength(1);
});

describe('a release is not started', () => {
  const edited = publishWorkflow.replace('attestations: true', 'attestations: false');

  test.each([
    ['absent', null, `main holds no ${publishPath}`],
    ['edited', edited, `${publishPath} of main is not the one`],
  ])(
    'while the workflow on main is %s: the sentence says how to make it',
    async (_name, workflow, sentence) => {
      const world = await makeTrustedWorld({ workflow });
      const problems = await startProblems(world);
      expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(sentence)]));
      expect(problems.join(' ')).toContain('run `slipway init`');
      await expect(world.ensureUploaded()).rejects.toMatchObject({ type: 'operator' });
      const changes = world.github.standIn.journal().filter(({ kind }) => kind === 'change');
      expect(JSON.stringify(changes)).not.toContain('workflow-run-created');
    },
  );

  test('while the release branch would bring another one', async () => {
    const world = await makeTrustedWorld();
    const { world: git } = world.github;
    await git.git('switch', '--quiet', branch);
    await git.commit({ [publishPath]: edited });
    await git.push(branch);
    expect(await startProblems(world)).toEqual([
      expect.stringMatching(/^\.github\/workflows\/slipway-publish\.yml of the release branch at .* is not/),
    ]);
  });

  test('and is, where it is the one that this version makes', async () => {
    const world = await makeTrustedWorld();
    await toBranch(world);
    expect(await startProblems(world)).toEqual([]);
  });
});

async function toBranch({ github }: TrustedWorld): Promise<void> {
  await github.world.git('switch', '--quiet', branch);
  await github.world.git('merge', '--quiet', '--no-edit', 'main');
  await github.world.push(branch);
}

async function startProblems({ github }: TrustedWorld): Promise<readonly string[]> {
  const { bench: made, activities } = github.world;
  const bench = { ...made, secrets: { ...made.secrets, has: () => true } };
  const { readTerms } = createTermsActivities(bench, activities, forges(bench), neverBefore);
  const request = { ...subject, by: 'ada', wait: false, acceptUnisolated: true };
  const answer = await readTerms({ request });
  return 'problems' in answer ? answer.problems : [];
}
