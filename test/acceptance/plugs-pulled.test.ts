import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { TomlTable } from 'smol-toml';
import { afterEach, expect, inject, it } from 'vitest';

import { publishStable, sample, sampleRemote } from '../../rehearsal/sample-world.js';
import { people, playPeople, type Story } from '../../rehearsal/world/people.js';
import type { Remote } from '../../rehearsal/world/repository.js';
import { openWorld, type World } from '../../rehearsal/world/world.js';
import { readLedger, sendMessage, startRelease } from '../../src/client/releases.js';
import { releaseId } from '../../src/contract/handles.js';
import type { Ledger } from '../../src/contract/state.js';
import { slipwayWith as slipway } from '../client/slipway.js';

const opened: { world: World; folder: string }[] = [];

afterEach(async () => {
  for (const { world, folder } of opened.splice(0)) {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
});

async function rehearse(
  watchSeconds: number,
  settings: TomlTable = {},
): Promise<{ world: World; remote: Remote }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-test-'));
  const remote = await sampleRemote(path.join(folder, 'remote.git'), false);
  const world = await openWorld({
    folder,
    temporalBinary: inject('temporalBinary'),
    pythonTools: inject('pythonTools'),
    package: sample.package,
    repository: remote.address,
    watchSeconds,
    settings,
    say: () => undefined,
  });
  opened.push({ world, folder });
  await publishStable(world, inject('pythonTools'));
  const admission = await startRelease(world.client, {
    package: sample.package,
    version: sample.version,
    by: people[0],
    wait: false,
    acceptUnisolated: false,
  });
  expect(admission).toEqual({ state: 'admitted' });
  return { world, remote };
}

/** Plays the people to the end; that nobody answers while a plug is pulled is no end. */
async function playOn(
  world: World,
  story: Story,
  seen: (ledger: Ledger) => void = () => undefined,
): Promise<Ledger> {
  for (;;) {
    try {
      return await playPeople(world, sample, story, seen);
    } catch {
      await delay(300);
    }
  }
}

async function until(world: World, is: (ledger: Ledger) => boolean): Promise<void> {
  for (;;) {
    const ledger = await readLedger(world.client, sample.package, sample.version).catch(() => undefined);
    if (ledger !== undefined && is(ledger)) return;
    await delay(100);
  }
}

/** What each index stored, from its own log: requests may repeat, these may not. */
function stored(world: World): string[] {
  return [...world.test.accessLog(), ...world.production.accessLog()].flatMap((entry) =>
    entry.kind === 'change' && entry.change.type === 'file-stored' ? [entry.change.file.filename] : [],
  );
}

/** Why activities of the release were tried again, as the engine was told. */
async function causesOfRetries(world: World): Promise<unknown[]> {
  const id = releaseId(sample.package, sample.version);
  const { events } = await world.client.workflow.getHandle(id).fetchHistory();
  return (events ?? []).map(
    (event) => event.activityTaskStartedEventAttributes?.lastFailure?.applicationFailureInfo?.type,
  );
}

const files = (version: string) => [`meant_it-${version}-py3-none-any.whl`, `meant_it-${version}.tar.gz`];

it('row 69: a release whose server and workers are all killed at once ends right, and does nothing outside twice', async () => {
  const { world, remote } = await rehearse(2);
  const playing = playOn(world, {});
  await until(world, (ledger) => ledger.steps[5]?.state === 'running');
  await delay(500);
  process.kill(world.temporal.pid, 'SIGKILL');
  await world.workers.kill();
  await world.restartTemporal();
  await world.workers.start();
  const ledger = await playing;
  expect(ledger.outcome?.outcome).toBe('released');
  expect(stored(world).sort()).toEqual([...files('0.1.0'), ...files('0.2.0'), ...files('0.2.0.dev0')].sort());
  expect(await remote.head(`refs/tags/v${sample.version}`)).toBe(ledger.final?.commit);
  expect(await remote.head('refs/heads/main')).toBe(ledger.final?.commit);
  expect(await remote.head(`refs/heads/${sample.branch}`)).toBeUndefined();
  expect(await causesOfRetries(world)).toContain('worker-died');
});

it('watches on when the Temporal server is restarted, and a yank after it puts main back', async () => {
  const { world, remote } = await rehearse(3600);
  const before = await remote.tree('main');
  const playing = playOn(world, {});
  await until(world, (ledger) => ledger.watch !== undefined);
  await world.restartTemporal();
  await sendMessage(world.client, sample, 'yank', { by: 'grace', reason: 'after the restart' });
  const ledger = await playing;
  expect(ledger.outcome?.outcome).toBe('yanked');
  expect(await remote.tree('main')).toBe(before);
  const page = await fetch(`${world.production.simpleUrl}${sample.package}/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  const { files: listed } = (await page.json()) as {
    files: { filename: string; yanked: boolean | string }[];
  };
  expect(
    listed
      .filter((file) => file.yanked === false)
      .map((file) => file.filename)
      .sort(),
  ).toEqual(files('0.1.0'));
});

it('takes a release over that somebody yanked while the server and all workers were down', async () => {
  const { world, remote } = await rehearse(3600, { probes: { index: { interval: 3 } } });
  const before = await remote.tree('main');
  const playing = playOn(world, {});
  await until(world, (ledger) => ledger.watch !== undefined);
  await world.workers.stop();
  await world.temporal.stop();
  const env = { ...world.secrets, TEMPORAL_ADDRESS: world.temporal.address, SLIPWAY_AS: 'grace' };
  const yank = ['yank', sample.package, sample.version, '--reason', 'no time to lose'];
  const refused = await slipway(yank, env);
  expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('--direct') as string });
  const direct = await slipway([...yank, '--direct', '--settings', world.settings, '--json'], env);
  expect(direct.exitCode).toBe(0);
  const said = JSON.parse(direct.stdout) as { seconds: number };
  expect(said).toMatchObject({ yanked: true, by: 'grace', reason: 'no time to lose' });
  expect(said.seconds).toBeLessThan(20);
  await world.restartTemporal();
  await world.workers.start();
  const ledger = await playing;
  expect(ledger.outcome?.outcome).toBe('yanked');
  expect(ledger.stop).toMatchObject({ by: 'grace', reason: 'no time to lose' });
  expect(ledger.yank).toMatchObject({
    by: 'grace',
    driver: expect.stringMatching(/^grace by `slipway yank --direct` \((web|command)/) as string,
  });
  expect(await remote.tree('main')).toBe(before);
});
