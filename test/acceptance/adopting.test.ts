import { Context } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';

import { releaseId } from '../../src/contract/handles.js';
import type { Ledger } from '../../src/contract/state.js';
import { slipway } from '../client/slipway.js';
import { patience } from '../setup/patience.js';
import { awaitEnd, bringTo, halfModelled, type HalfModelled } from './half-modelled.js';
import { makeDistributions, plainUpload, simpleJson } from '../rehearsal/index/tools.js';

const runs = (step: number) => (ledger: Ledger) => ledger.steps[step - 1]?.state === 'running';
const told = (text: string) => expect.stringContaining(text) as string;
const among = (...texts: string[]) => expect.arrayContaining(texts) as string[];
const adopt = (release: HalfModelled) => release.start({ adopt: true });

/** A world whose suites hang from the second time on, which is on the merge, until they are let go. */
async function stuckAtTheMerge(): Promise<HalfModelled & { goOn: () => void }> {
  let times = 0;
  let isStuck = true;
  const reports = [{ suite: 'current', digest: 'e'.repeat(64) }];
  const release = await halfModelled(
    {
      checkSuites: async () => {
        times += 1;
        if (isStuck && times > 1) await Context.current().cancelled;
        return { passed: true, evidence: [], coverage: { lines: 1, covered: 1, reports } };
      },
    },
    { watchSeconds: 1 },
  );
  await bringTo(release, runs(8));
  return { ...release, goOn: () => (isStuck = false) };
}

/** Ends the run by force, and says what it knew. */
async function terminate(release: HalfModelled): Promise<Ledger> {
  const { package: name, version } = release.request;
  const before = await release.ledger();
  await release.client.workflow.getHandle(releaseId(name, version)).terminate('a plug was pulled');
  return before;
}

/** How often each gate was answered in the end. */
function approvals({ gates }: Ledger): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, decisions } of gates) counts[id] = (counts[id] ?? 0) + decisions.length;
  return counts;
}

/** The whole release is there, and each part of it once. */
function expectOnce(release: HalfModelled): void {
  const files = (version: string) => release.manifest(version).files.map(({ filename }) => filename);
  expect(release.stored().sort()).toEqual([...files('1.0.0.dev0'), ...files('1.0.0')].sort());
  expect(release.git('log', '--merges', '--format=%H', 'main').split('\n')).toHaveLength(1);
  expect(release.git('rev-parse', 'v1.0.0^{commit}')).toBe(release.git('rev-parse', 'main'));
}

describe('a release that was terminated', () => {
  it('row 47: at the merge is not begun anew by a plain start, and is taken over from there with what was approved', async () => {
    const release = await stuckAtTheMerge();
    const before = await terminate(release);
    release.goOn();
    expect(await release.start()).toMatchObject({ state: 'refused', problems: [told('--adopt')] });
    const { package: name, version } = release.request;
    const shown = await slipway(
      ['start', name, version, '--adopt', '--dry-run', '--json', '--as', 'ada'],
      release.address,
    );
    const { already } = JSON.parse(shown.stdout) as { already: string[] };
    expect(await adopt(release)).toEqual({ state: 'admitted', already });
    expect(already).toEqual([
      told('step 1: branch was approved by grace'),
      told('step 2: 1.0.0.dev0 stands at'),
      told('step 3: 1.0.0.dev0 is built and kept'),
      told('step 4: test lists 2 of the 2 files'),
      told('step 7: 1.0.0.dev0 passed steps 2 to 6'),
      'It goes on with step 8.',
    ]);
    expect(await awaitEnd(release)).toBe('released');
    const after = await release.ledger();
    expect(approvals(after)).toMatchObject({ branch: 1, merge: 1, production: 1 });
    expect(after.messages.slice(0, before.messages.length)).toEqual(before.messages);
    expectOnce(release);
  });

  it('row 47: between two files is finished with the kept bytes, and nobody is asked about them again', async () => {
    const release = await halfModelled({}, { watchSeconds: 1 });
    release.index.misbehave({ file: /\.tar\.gz$/, fault: { kind: 'answer', status: 503 } });
    await bringTo(release, ({ phase }) => phase === 'uploading');
    await expect.poll(() => release.shown(), patience).toHaveLength(1);
    await terminate(release);
    release.index.behave();
    expect(await adopt(release)).toMatchObject({
      already: among(told('step 9: production lists 1 of the 2 files of 1.0.0'), 'It goes on with step 9.'),
    });
    expect(await awaitEnd(release)).toBe('released');
    expect(approvals(await release.ledger())).toMatchObject({ branch: 1, merge: 1, production: 1 });
    expectOnce(release);
  });

  it('row 47: in the watch is watched to the end that it had', async () => {
    const release = await halfModelled({}, { watchSeconds: 20 });
    const { watch } = await bringTo(release, (ledger) => ledger.watch !== undefined);
    await terminate(release);
    expect(await adopt(release)).toMatchObject({ state: 'admitted' });
    expect(await awaitEnd(release)).toBe('released');
    expect((await release.ledger()).watch).toEqual(watch);
    expectOnce(release);
  });

  it('row 47: before it was tested is tested, with the devN and the bytes that it had', async () => {
    let hangs = true;
    const release = await halfModelled(
      {
        checkInstallation: async () => {
          if (hangs) await Context.current().cancelled;
          return { passed: true, evidence: [] };
        },
      },
      { watchSeconds: 1 },
    );
    await bringTo(release, runs(5));
    await terminate(release);
    hangs = false;
    expect(await adopt(release)).toMatchObject({ already: among('It goes on with step 1.') });
    expect(await awaitEnd(release)).toBe('released');
    const after = await release.ledger();
    expect(after.candidates).toHaveLength(1);
    expect(approvals(after)).toMatchObject({ branch: 1, merge: 1, production: 1 });
    expectOnce(release);
  });
});

describe('what people have done by hand meanwhile', () => {
  it('is taken over where it is the merge of exactly the head that was judged, and approved all the same', async () => {
    const release = await stuckAtTheMerge();
    await terminate(release);
    release.goOn();
    release.git('checkout', '--quiet', 'main');
    const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    release.git(...person, 'merge', '--quiet', '--no-ff', '--no-edit', 'release/1.0.0');
    const merge = release.git('rev-parse', 'main');
    release.git('checkout', '--quiet', '--detach');
    expect(await adopt(release)).toMatchObject({
      already: among(told(`step 8: main holds ${merge.slice(0, 12)}`), 'It goes on with step 8.'),
    });
    expect(await awaitEnd(release)).toBe('released');
    const after = await release.ledger();
    expect(after.merges).toMatchObject([{ commit: merge }]);
    expect(approvals(after)).toMatchObject({ branch: 1, merge: 1, production: 1 });
    expectOnce(release);
  });

  it('row 12: stops it where a tag stands at another commit, which is never moved', async () => {
    const release = await stuckAtTheMerge();
    await terminate(release);
    release.git('tag', 'v1.0.0', 'main');
    const tagged = release.git('rev-parse', 'v1.0.0');
    expect(await adopt(release)).toMatchObject({
      state: 'refused',
      problems: [told(`The tag v1.0.0 is on ${tagged}`)],
      trouble: {
        now: 'Refused; nothing was changed.',
        not: told('a tag is never moved'),
        next: told('--adopt'),
      },
    });
    expect(release.git('rev-parse', 'v1.0.0')).toBe(tagged);
  });

  it('row 30: stops it where production holds other bytes, with both hashes', async () => {
    const release = await halfModelled();
    release.index.misbehave({ method: 'POST', fault: { kind: 'answer', status: 503 } });
    await bringTo(release, ({ phase }) => phase === 'uploading');
    // What is on the wire by then would still arrive.
    await release.stopWorkers();
    const { package: name, version } = release.request;
    await release.client.workflow.getHandle(releaseId(name, version)).terminate();
    release.index.behave();
    await release.startWorkers();
    const foreign = await makeDistributions(name, version, 'other');
    expect(await plainUpload(release.index, foreign.sdist)).toMatchObject({ status: 200 });
    const [, ours] = release.manifest('1.0.0').files;
    const { files } = await simpleJson(release.index, name);
    const theirs = files.find(({ filename }) => filename === ours?.filename)?.hashes.sha256;
    expect(theirs).not.toBe(ours?.sha256);
    expect(await adopt(release)).toMatchObject({
      state: 'refused',
      problems: [told(`has sha256 ${theirs ?? ''}, ours ${ours?.sha256 ?? ''}`)],
    });
    expect(await release.shown()).toHaveLength(1);
  });
});

describe('a release of which no engine knows anything', () => {
  it('goes on from what git, the store and the test index hold, with every approval asked again', async () => {
    const release = await stuckAtTheMerge();
    await terminate(release);
    release.goOn();
    const { package: name, version } = release.request;
    await release.client.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: releaseId(name, version) },
    });
    await expect.poll(() => release.ledger().catch(() => undefined), patience).toBeUndefined();
    expect(await adopt(release)).toMatchObject({
      already: among(told('step 4: test lists 2 of the 2 files of 1.0.0.dev0'), 'It goes on with step 1.'),
    });
    expect(await awaitEnd(release)).toBe('released');
    expect(approvals(await release.ledger())).toMatchObject({ branch: 1, merge: 1, production: 1 });
    expectOnce(release);
  });
});
