import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import { createLeaseActivities } from '../../src/activities/lease.js';
import { sendMessage } from '../../src/client/releases.js';
import { releaseId, workflowTypes } from '../../src/contract/handles.js';
import { openGates, type Ledger } from '../../src/contract/state.js';
import { taskQueue } from '../../src/contract/zones.js';
import {
  answerAll,
  awaitEnd,
  bringTo,
  halfModelled,
  type HalfModelled,
} from '../acceptance/half-modelled.js';
import { storedFiles } from '../rehearsal/index/tools.js';

const asks = (id: string) => (ledger: Ledger) => openGates(ledger).some((gate) => gate.id === id);
const isWatched = ({ watch }: Ledger) => watch !== undefined;
const idOf = ({ request }: HalfModelled) => releaseId(request.package, request.version);

/** Resets a release to right before it asked for an activity for the first time. */
async function resetBefore(client: Client, workflowId: string, activity: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const { runId } = await handle.describe();
  const { events = [] } = await handle.fetchHistory();
  const asked = events?.findIndex(
    ({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name === activity,
  );
  const before = events?.slice(0, asked).findLast((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'in a test',
    requestId: `${runId} again`,
    workflowTaskFinishEventId: before?.eventId ?? null,
  });
}

describe('a release that is reset to a point before its merge', () => {
  it('row 48: makes nothing a second time, and what people said before counts once', async () => {
    const release = await halfModelled({}, { watchSeconds: 3600 });
    const before = await bringTo(release, isWatched);
    const done = [release.stored(), release.git('show-ref')];
    const [first] = before.messages;
    await resetBefore(release.client, idOf(release), 'ensurePullRequest');
    const again = await answerAll(
      release,
      (ledger) => isWatched(ledger) && ledger.watch?.from !== before.watch?.from,
    );
    expect([release.stored(), release.git('show-ref')]).toEqual(done);
    const ids = again.messages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const { id = '', by = '', gate = '', digest = '', reason = '' } = first ?? {};
    expect(
      await sendMessage(release.client, release.request, 'approve', { id, by, gate, digest, reason }),
    ).toEqual({
      counted: true,
      why: first?.why,
    });
    expect((await release.ledger()).messages).toHaveLength(ids.length);
    expect(again.gates.filter(({ id: gateId }) => gateId === 'branch')).toHaveLength(1);
  });

  it('row 60: changes nothing as long as another release has the lease that it had given back', async () => {
    let isStuck = true;
    let times = 0;
    const reports = [{ suite: 'current', digest: 'e'.repeat(64) }];
    const checkSuites = async () => {
      times += 1;
      if (isStuck && times > 1) await Context.current().cancelled;
      return { passed: true as const, evidence: [], coverage: { lines: 1, covered: 1, reports } };
    };
    const release = await halfModelled({ checkSuites }, { watchSeconds: 1 });
    await bringTo(release, ({ steps }) => steps[7]?.state === 'running');
    const { client, request } = release;
    await client.workflow.getHandle(idOf(release)).terminate();
    const other = releaseId(request.package, '2.0.0');
    // Whatever is open under that id is a release as far as the lease can tell.
    await client.workflow.start(workflowTypes.lease, {
      workflowId: other,
      taskQueue: taskQueue('workflow'),
      args: [],
    });
    const { ensureLease } = createLeaseActivities(client);
    expect(await ensureLease({ package: request.package, holder: other, wait: false })).toEqual({
      state: 'granted',
    });
    isStuck = false;
    const main = release.git('rev-parse', 'main');
    await resetBefore(client, idOf(release), 'ensurePullRequest');
    const stopped = await answerAll(release, asks('trouble'));
    expect(openGates(stopped)[0]?.subject).toContainEqual({
      label: 'true now',
      value: `${other} is open and holds the lease of ${request.package}.`,
    });
    expect(release.git('rev-parse', 'main')).toBe(main);
    await client.workflow.getHandle(other).terminate();
    expect(await awaitEnd(release)).toBe('released');
  });
});

describe('two services on different servers that release the same version', () => {
  it('row 61: come to one release: the index stops the other one, which says so with both hashes', async () => {
    const first = await halfModelled({}, { watchSeconds: 1 });
    const second = await halfModelled({}, { rival: first });
    // One after the other, so that each has a devN of its own; then the upload of both is approved at once.
    for (const release of [first, second]) {
      await bringTo(release, asks('merge'));
      await release.until(asks('production'));
    }
    const isOver = (ledger: Ledger) =>
      ledger.outcome !== undefined || asks('trouble')(ledger) || isWatched(ledger);
    const ends = await Promise.all([first, second].map((release) => answerAll(release, isOver)));
    const loser = ends.findIndex((ledger) => asks('trouble')(ledger));
    const [won, lost] = loser === 0 ? [second, first] : [first, second];
    const files = won.manifest('1.0.0').files;
    const [theirs] = files;
    const [ours] = lost.manifest('1.0.0').files;
    const trouble = openGates(await lost.ledger()).find(({ id }) => id === 'trouble');
    expect(trouble?.subject).toContainEqual({
      label: 'true now',
      value: `production holds ${theirs?.filename ?? ''} with sha256 ${theirs?.sha256 ?? ''}.`,
    });
    expect(JSON.stringify(trouble?.subject)).toContain(ours?.sha256);
    expect(
      storedFiles(first.index)
        .filter((name) => name.includes('-1.0.0'))
        .sort(),
    ).toEqual(files.map(({ filename }) => filename).sort());
    expect(lost.git('tag')).toBe('v0.9.0');
  });
});
