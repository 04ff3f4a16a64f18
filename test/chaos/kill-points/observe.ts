import { execa } from 'execa';

import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import type { Sent } from '../../../rehearsal/world/people.js';
import type { Remote } from '../../../rehearsal/world/repository.js';
import type { World } from '../../../rehearsal/world/world.js';
import { releaseId } from '../../../src/contract/handles.js';
import type { Ledger } from '../../../src/contract/state.js';
import type { Effect, FileEffect, ListedFile, Observation, SentMessage } from '../observation.js';
import type { RefMove } from './ref-record.js';

/** What a played release is judged by, beside the records of its world. */
export interface Played {
  readonly release: Observation['release'];
  /** The command that plays it again. */
  readonly reproduce: string;
  readonly ledger: Ledger | undefined;
  readonly sent: readonly Sent[];
  /** When it was started; what the records say of before is no part of it. */
  readonly since: string;
  /** How the repository's refs moved. */
  readonly moves: readonly RefMove[];
  /** Whether somebody else than the service made a move. */
  readonly isForeign: (move: RefMove) => boolean;
  readonly least: number;
}

/** What the other side's records say of a release in a world of real servers. */
export async function observe(world: World, played: Played): Promise<Observation> {
  const { release, reproduce, ledger, least, since } = played;
  const [test, production] = [filesOf(world.test, 'test'), filesOf(world.production, 'production')];
  const moves = played.moves.filter(({ at }) => at >= since);
  const moved = await Promise.all(moves.map((move) => refEffect(world.remote, move, played)));
  const inOrder = (a: Effect, b: Effect) => (a.at < b.at ? -1 : Number(a.at > b.at));
  return {
    release,
    reproduce,
    effects: [...test.effects, ...production.effects, ...moved].filter(({ at }) => at >= since).sort(inOrder),
    rest: { test: test.listed, production: production.listed, refs: await refsOf(world.remote) },
    messages: played.sent.map(messageOf),
    foreign: await keptCommits(world.remote, moves, played),
    scheduled: await scheduledBy(world, release),
    ...(ledger && { ledger }),
    least,
  };
}

/** What an index's own log says that it stored and yanked, and what it holds after that. */
export function filesOf(
  index: IndexStandIn,
  name: FileEffect['index'],
): { effects: FileEffect[]; listed: ListedFile[] } {
  const listed = new Map<string, ListedFile>();
  const effects = index.accessLog().flatMap((entry): FileEffect[] => {
    if (entry.kind !== 'change') return [];
    const { change, at } = entry;
    if (change.type === 'file-stored') {
      const { filename, sha256 } = change.file;
      const file = { version: change.version, filename, sha256 };
      listed.set(filename, { ...file, yanked: false });
      return [{ kind: 'stored', index: name, at, ...file }];
    }
    if (change.type !== 'release-yanked' && change.type !== 'release-unyanked')
      throw new Error(`nobody plays a ${change.type} here`);
    const yanked = change.type === 'release-yanked';
    const files = [...listed.values()].filter(({ version }) => version === change.version);
    for (const file of files) listed.set(file.filename, { ...file, yanked });
    return files.map(({ version, filename, sha256 }) => ({
      ...{ kind: yanked ? ('yanked' as const) : ('un-yanked' as const), index: name, at },
      ...{ version, filename, sha256 },
    }));
  });
  return { effects, listed: [...listed.values()] };
}

async function refEffect(remote: Remote, move: RefMove, { isForeign }: Played): Promise<Effect> {
  const { at, ref, from, to } = move;
  return {
    ...{ kind: 'ref', at, ref },
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to: await commitOf(remote, to) }),
    fastForward: from === undefined || to === undefined || (await isAncestor(remote, from, to)),
    ...(isForeign(move) ? { foreign: true as const } : {}),
  };
}

/** What an annotated tag stands for, and a commit itself. */
async function commitOf({ folder }: Remote, object: string): Promise<string> {
  return (await execa('git', ['-C', folder, 'rev-parse', `${object}^{commit}`])).stdout;
}

async function isAncestor({ folder }: Remote, from: string, to: string): Promise<boolean> {
  const { exitCode } = await execa('git', ['-C', folder, 'merge-base', '--is-ancestor', from, to], {
    reject: false,
  });
  return exitCode === 0;
}

async function refsOf({ folder }: Remote): Promise<Record<string, string>> {
  const commit = '%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)';
  const { stdout } = await execa('git', ['-C', folder, 'for-each-ref', `--format=%(refname) ${commit}`]);
  return Object.fromEntries(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
}

/** The commits of other people, which are on the base in the end if their branch is gone. */
async function keptCommits(
  remote: Remote,
  moves: readonly RefMove[],
  { isForeign, release }: Played,
): Promise<NonNullable<Observation['foreign']>> {
  const main = `refs/heads/${release.base}`;
  const pushed = moves.flatMap((move) => (isForeign(move) && move.to !== undefined ? [move.to] : []));
  return Promise.all(
    pushed.map(async (commit) => ({ ref: main, commit, kept: await isAncestor(remote, commit, main) })),
  );
}

function messageOf({ kind, message, at, answer }: Sent): SentMessage {
  const { id = '', by, gate, digest, expires } = message;
  return {
    ...{ id, kind, by, sentAt: at },
    ...(gate && { gate }),
    ...(digest && { digest }),
    ...(expires && { expires }),
    ...(answer && { answer }),
  };
}

/** The activities that every run of the release has scheduled. */
async function scheduledBy(
  { client }: World,
  { package: name, version }: Observation['release'],
): Promise<{ activity: string; at: string }[]> {
  const workflowId = releaseId(name, version);
  const runs = client.workflow.list({ query: `WorkflowId = "${workflowId}"` });
  const scheduled: { activity: string; at: string }[] = [];
  for await (const { runId } of runs) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { eventTime, activityTaskScheduledEventAttributes: task } of events ?? [])
      if (task)
        scheduled.push({
          activity: task.activityType?.name ?? '',
          at: new Date(Number(eventTime?.seconds) * 1000 + Number(eventTime?.nanos) / 1e6).toISOString(),
        });
  }
  return scheduled;
}
