import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import { secondsUntilProven } from '../../src/contract/yanking.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import type { Fault } from '../../rehearsal/index/faults.js';
import {
  answerAll,
  awaitEnd,
  bringTo,
  halfModelled,
  type HalfModelled,
} from '../acceptance/half-modelled.js';
import * as indexes from '../rehearsal/index/tools.js';
import { patience } from '../setup/patience.js';

const isUploading = ({ phase }: Ledger) => phase === 'uploading';
const isWatched = ({ watch }: Ledger) => watch !== undefined;
const trouble = (ledger: Ledger) => openGates(ledger).find(({ id }) => id === 'trouble');

/** What an index answered to uploads of the release, and when, by its own log; null where it gave no answer. */
function uploads({ index }: HalfModelled, ending = ''): { status: number | null; at: number }[] {
  return index
    .accessLog()
    .flatMap((entry) =>
      entry.kind === 'request' &&
      entry.filename?.includes('-1.0.0') === true &&
      entry.filename.endsWith(ending)
        ? [{ status: entry.status, at: Date.parse(entry.at) }]
        : [],
    );
}

const statuses = (release: HalfModelled, ending?: string) =>
  uploads(release, ending).map(({ status }) => status);

/** The kinds of the files of the release that an index has stored, in their order: a repeated one would show twice. */
const stored = (index: IndexStandIn) =>
  indexes
    .storedFiles(index)
    .filter((file) => file.includes('-1.0.0'))
    .map((file) => (file.endsWith('.whl') ? 'wheel' : 'sdist'));

/** Whether both files were sent, and looked for in vain since. */
function isReadBack(release: HalfModelled): boolean {
  const last = release.index.accessLog().at(-1);
  return uploads(release).length === 2 && last?.kind === 'request' && last.fault === 'stale';
}

/** Brings a release to its upload and on until people are asked what to do about it. */
async function stuck(
  release: HalfModelled,
  fault: Fault,
  times: number,
  file = /\.tar\.gz$/,
): Promise<string> {
  release.index.misbehave({ file, times, fault });
  await bringTo(release, isUploading);
  return asked(release);
}

/** What people are asked about, once they are. */
async function asked(release: HalfModelled): Promise<string> {
  const gate = trouble(await release.until((ledger) => trouble(ledger) !== undefined));
  return (gate?.subject ?? []).map(({ value }) => value).join('\n');
}

async function retry(release: HalfModelled): Promise<void> {
  const { digest = '' } = trouble(await release.ledger()) ?? {};
  const answer = { by: 'grace', gate: 'trouble', digest } as const;
  expect(await sendMessage(release.client, release.request, 'retry', answer)).toMatchObject({
    counted: true,
  });
  await release.until((ledger) => trouble(ledger)?.digest !== digest);
}

/** People choose the yank, and every file that the index has is yanked. */
async function takeBack(release: HalfModelled, files: number): Promise<void> {
  await sendMessage(release.client, release.request, 'yank', { by: 'grace', reason: 'half of it' });
  expect(await awaitEnd(release)).toBe('yanked');
  expect(await release.yanked()).toEqual(Array.from({ length: files }, () => 'half of it'));
  expect(release.mainIsBack()).toBe(true);
}

/** What the engine says of the upload while it has not ended. */
async function uploadUnderWay({ client, request }: HalfModelled) {
  const handle = client.workflow.getHandle(releaseId(request.package, request.version));
  const { raw } = await handle.describe();
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'ensurePublished');
}

/** The states of an activity in the engine: it waits for its time, or a worker has it. */
const [scheduled, started] = [1, 2];
/** In milliseconds. */
const heartbeatTimeout = 15_000;
const noToken: Fault = {
  kind: 'answer',
  status: 403,
  reason: 'Invalid or non-existent authentication information.',
};

describe('an upload that takes its time', () => {
  it('row 25: a pause that the index asks for is kept by a timer of the engine, and holds no place of a worker', async () => {
    const release = await halfModelled();
    const fault: Fault = { kind: 'answer', status: 429, headers: { 'retry-after': '6' } };
    release.index.misbehave({ file: /\.whl$/, times: 1, fault });
    await bringTo(release, isUploading);
    await expect.poll(async () => (await uploadUnderWay(release))?.attempt, patience).toBe(2);
    expect(await uploadUnderWay(release)).toMatchObject({ state: scheduled });
    await answerAll(release, isWatched);
    const [first, second] = uploads(release, '.whl');
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(6000);
    expect(stored(release.index)).toEqual(['wheel', 'sdist']);
  });

  it('row 27: an upload at a crawl is alive by its heartbeats, and neither given up nor sent twice', async () => {
    const release = await halfModelled();
    release.index.misbehave({ file: /\.whl$/, fault: { kind: 'throttle', bytesPerSecond: 60 } });
    await bringTo(release, isUploading);
    await expect.poll(() => release.arriving(), patience).toBe(1);
    const began = Date.now();
    const beats = new Set<string>();
    while (stored(release.index).length === 0) {
      const upload = await uploadUnderWay(release);
      expect(upload).toMatchObject({ attempt: 1, state: started });
      beats.add(String(upload?.lastHeartbeatTime?.seconds));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(Date.now() - began).toBeGreaterThan(heartbeatTimeout);
    expect(beats.size).toBeGreaterThan(4);
    await answerAll(release, isWatched);
    expect(statuses(release)).toEqual([200, 200]);
  });

  it('row 27: a yank gets through fast while an upload crawls', async () => {
    const release = await halfModelled();
    release.index.misbehave({ file: /\.tar\.gz$/, fault: { kind: 'throttle', bytesPerSecond: 20 } });
    await bringTo(release, isUploading);
    await expect.poll(() => stored(release.index), patience).toEqual(['wheel']);
    await expect.poll(() => release.arriving(), patience).toBe(1);
    await takeBack(release, 1);
    const { yank } = await release.ledger();
    expect(yank && secondsUntilProven(yank)).toBeLessThan(15);
  });

  it('row 28: an index that shows an upload late is waited for by whichever worker there is, and gets nothing twice', async () => {
    const release = await halfModelled();
    const lateness = 12_000;
    release.index.misbehave({ method: 'GET', fault: { kind: 'stale', age: lateness } });
    await bringTo(release, isUploading);
    await expect.poll(() => isReadBack(release), patience).toBe(true);
    await release.stopWorkers();
    await release.startWorkers();
    await expect.poll(async () => (await uploadUnderWay(release))?.attempt, patience).toBe(2);
    const { final, steps } = await answerAll(release, isWatched);
    expect(statuses(release)).toEqual([200, 200]);
    const last = uploads(release).at(-1)?.at ?? 0;
    expect(Date.parse(final?.visibleAt ?? '') - last).toBeGreaterThanOrEqual(lateness);
    const said = steps.flatMap(({ evidence }) => evidence.map(({ what }) => what));
    expect(said.filter((what) => what.endsWith('it is not sent again'))).toHaveLength(2);
  });
});

describe('a release of which one file can never be uploaded', () => {
  it('row 32: a release whose sdist is refused for ever is put to people, who are told what is served, and ends by their yank', async () => {
    const release = await halfModelled();
    const reason = 'Only one sdist may be uploaded per release.';
    const told = await stuck(release, { kind: 'answer', status: 400, reason }, Infinity);
    expect(told).toMatch(
      /400 Only one sdist[^]*It serves fx_\w+-1\.0\.0-py3-none-any\.whl\.[^]*`yank` and release another version, such as 1\.0\.1/,
    );
    expect(statuses(release)).toEqual([200, 400]);
    await takeBack(release, 1);
  });

  it('row 36: a release that is resumed after fourteen days is not tried for ever, but put to people', async () => {
    let ahead = 0;
    const release = await halfModelled({}, { now: () => new Date(Date.now() + ahead) });
    await stuck(release, noToken, 1);
    ahead = 15 * 24 * 3600 * 1000;
    await retry(release);
    expect(await asked(release)).toMatch(/older than 14 days[^]*It serves [^]*Sending it again cannot help/);
    expect(statuses(release, '.tar.gz')).toEqual([403, 400]);
    await takeBack(release, 1);
  });

  it('row 34: a release whose first file was stored in part is stopped before the second one is sent', async () => {
    const release = await halfModelled();
    const told = await stuck(release, { kind: 'truncate', bytes: 100 }, 1, /\.whl$/);
    expect(told).toMatch(/production holds fx_\w+-1\.0\.0-py3-none-any\.whl with sha256 [0-9a-f]{64}/);
    expect((await release.ledger()).final?.visibleAt).toBeUndefined();
    expect(stored(release.index)).toEqual(['wheel']);
    await takeBack(release, 1);
  });
});

it('row 33: a devN that somebody else has is left alone, and the candidate gets the next one', async () => {
  const release = await halfModelled({}, { devNumber: 1 });
  const theirs = await indexes.makeDistributions(release.request.package, '1.0.0.dev0', 'theirs');
  await indexes.plainUpload(release.test, theirs.wheel);
  const { candidates } = await bringTo(release, isWatched);
  expect(candidates.map(({ version }) => version)).toEqual(['1.0.0.dev1']);
  expect(indexes.storedFiles(release.test).map((file) => /dev\d+/.exec(file)?.[0])).toEqual([
    'dev0',
    'dev1',
    'dev1',
  ]);
});

describe('an artifact store that loses a file', () => {
  it('row 68: a file that is lost before the upload has the release built again, and approved again since its digests are others', async () => {
    const release = await halfModelled();
    await bringTo(release, ({ phase }) => phase === 'merged');
    await release.lose('wheel');
    const { gates, final } = await answerAll(release, isWatched);
    const approvals = gates.filter(({ id }) => id === 'production');
    expect(new Set(approvals.map(({ digest }) => digest)).size).toBe(2);
    expect(approvals.map(({ decisions }) => decisions.map(({ kind }) => kind))).toEqual([
      ['approve'],
      ['approve'],
    ]);
    expect(statuses(release)).toEqual([200, 200]);
    const { files } = await indexes.simpleJson(release.index, release.request.package);
    const served = files
      .filter(({ filename }) => filename.includes('-1.0.0'))
      .map(({ hashes }) => hashes.sha256);
    expect(served.sort()).toEqual(final?.manifest.files.map(({ sha256 }) => sha256).sort());
    const shown = approvals.map(({ subject }) =>
      served.every((sha256) => JSON.stringify(subject).includes(sha256)),
    );
    expect(shown).toEqual([false, true]);
  });

  it('row 68: a file that is lost after the first upload stops the release, which builds nothing and is put to people', async () => {
    const release = await halfModelled();
    await stuck(release, noToken, 1);
    await release.lose('sdist');
    await retry(release);
    expect(await asked(release)).toMatch(
      /was sent to production already, and the artifact store holds [^]* no more/,
    );
    expect(statuses(release, '.tar.gz')).toEqual([403]);
    await takeBack(release, 1);
  });
});
