import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { layFault, layTiny, publishTiny, tiny } from '../../../acceptance/tiny.js';
import { service } from '../../../rehearsal/world/forge.js';
import { people, playPeople, type Sent, type Story } from '../../../rehearsal/world/people.js';
import { emptyRemote, type Remote } from '../../../rehearsal/world/repository.js';
import { openWorld, type World } from '../../../rehearsal/world/world.js';
import { ClientFailure, exitCodes } from '../../../src/client/failures.js';
import { readLedger, startRelease } from '../../../src/client/releases.js';
import type { Ledger } from '../../../src/contract/state.js';
import { root } from '../../../tools/paths.mjs';
import type { Observation } from '../observation.js';
import { observe } from './observe.js';
import type { Planned } from './plan.js';
import { keepRefRecord, readForgeRecord, readRefRecord, type RefMove } from './ref-record.js';

/** What is released: the older version is on the index, and the branch's first candidate fails from the test index. */
export const released = {
  ...{ package: tiny, version: '1.1.0', base: 'main', branch: 'release/1.1.0', tag: 'v1.1.0' },
  stable: '1.0.0',
} as const;

/** Where a release is played, and where its workers are killed. */
export interface Scene {
  /** A folder that belongs to it. */
  readonly folder: string;
  readonly temporalBinary: string;
  readonly pythonTools: string;
  /** Repository and reviews on the forge stand-in, or in a bare repository. */
  readonly onForge: boolean;
  readonly plan: readonly Planned[];
  /** In milliseconds; then it is judged as it is. */
  readonly longest: number;
  /** The command that plays it again. */
  readonly reproduce: string;
  /** What else is to go wrong in the world, before the release is started. */
  prepare?(world: World): Promise<void>;
}

/** The folder in which the switch of a scene's workers reads and writes. */
export function pointsFolder({ folder }: Pick<Scene, 'folder'>): string {
  return path.join(folder, 'points');
}

/** Plays a whole release with one failed candidate while its workers are killed, and says what its world has seen. */
export async function playFaultyRelease(scene: Scene): Promise<Observation> {
  const points = pointsFolder(scene);
  await mkdir(points, { recursive: true });
  await writeFile(path.join(points, 'plan.json'), JSON.stringify(scene.plan));
  const repository = await prepareRepository(path.join(scene.folder, 'remote.git'));
  const world = await openWorld({
    ...scene,
    folder: path.join(scene.folder, 'world'),
    package: tiny,
    repository,
    watchSeconds: 3,
    environment: {
      SLIPWAY_KILL_POINTS: points,
      NODE_OPTIONS: `--import ${path.join(root, 'test', 'chaos', 'kill-points', 'switch.mjs')}`,
    },
    say: () => undefined,
  });
  try {
    await publishTiny(world, scene.pythonTools, path.join(scene.folder, 'stable'), released.stable);
    await scene.prepare?.(world);
    return await play(scene, world);
  } finally {
    await world.close();
  }
}

async function prepareRepository(address: string): Promise<string> {
  const remote = await emptyRemote(address);
  await keepRefRecord(remote);
  const stable = await remote.commit('main', 'main', 'A tiny package', (folder) =>
    layTiny(folder, released.stable),
  );
  await remote.tag(`v${released.stable}`, stable);
  await remote.commit(released.branch, 'main', 'Say it otherwise', async (folder) => {
    await layTiny(folder, released.stable, 'hello again');
    await layFault(folder, 'hello again');
  });
  return address;
}

async function play(scene: Scene, world: World): Promise<Observation> {
  const since = new Date().toISOString();
  const sent: Sent[] = [];
  const fixes: string[] = [];
  const story = storyOf(world, sent, fixes);
  // What was seen last is judged where it does not end.
  let ledger: Ledger | undefined;
  const played = async () => {
    await ensureStarted(world);
    await playPeople(world, released, story, (now) => (ledger = now));
    if (ledger?.refusal !== undefined)
      throw new Error('its worker died before it was admitted: it is started again');
  };
  await insist(played, AbortSignal.timeout(scene.longest));
  const moves = await movesOf(scene, world);
  return observe(world, {
    ...{ release: released, reproduce: scene.reproduce, sent, ledger, since, moves },
    isForeign: ({ by, to }) => (by === undefined ? to !== undefined && fixes.includes(to) : by !== service),
    // Two files of two candidates and of the release, two devN commits, the merge, the final commit, the tag, the deletion.
    least: 12,
  });
}

/** Starts the release unless it is there: one whose start got no answer may have been begun, one that was refused was not. */
async function ensureStarted({ client }: World): Promise<void> {
  const { package: name, version } = released;
  const known = await readLedger(client, name, version).catch((error: unknown) => {
    if (!(error instanceof ClientFailure) || error.exitCode !== exitCodes.refused) throw error;
  });
  if (known !== undefined && known.refusal === undefined) return;
  await startRelease(client, {
    ...{ package: name, version, by: people[0] },
    ...{ wait: false, acceptUnisolated: false },
  });
}

function storyOf({ remote, forge }: World, sent: Sent[], fixes: string[]): Story {
  return {
    // A step whose worker was killed as often as it may fail is put to people.
    onTrouble: 'retry',
    sent: (message) => sent.push(message),
    async fix() {
      // Who could not say so the first time has pushed it all the same.
      if (fixes.length === 0) {
        const lay = (folder: string) => layTiny(folder, released.stable, 'hello again');
        fixes.push(await remote.commit(released.branch, released.branch, 'Say it without a file', lay));
      }
      return 'it is said without a file';
    },
    ...(forge && { approve: (who: string, head: string) => forge.approve(who, head) }),
  };
}

function movesOf({ folder, onForge }: Scene, { remote }: { remote: Remote }): RefMove[] | Promise<RefMove[]> {
  return onForge
    ? readForgeRecord(path.join(folder, 'world', 'forge', 'journal.jsonl'))
    : readRefRecord(remote);
}

/** Until it succeeds or it took too long: while a worker is down nobody answers, and people try again. */
async function insist(body: () => Promise<unknown>, tooLong: AbortSignal): Promise<void> {
  const end = new Promise<'end'>((resolve) => tooLong.addEventListener('abort', () => resolve('end')));
  const attempt = () =>
    body().then(
      () => 'end' as const,
      () => delay(300),
    );
  while ((await Promise.race([attempt(), end])) !== 'end');
}
