import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { report } from '../judge.js';
import { playFaultyRelease, pointsFolder, type Scene } from './faulty-release.js';
import { deal, pointsOf, readSeen, type Planned, type Seen } from './plan.js';

/** What became of a kill point: a worker died there, and the release ended right or did not. */
interface Tried {
  readonly point: string;
  readonly survived: boolean;
}

/** A point of the recorded release. */
type Point = Planned & { readonly point: string };

/** How far a campaign has come. */
export interface Progress {
  readonly all: number;
  readonly tried: number;
  readonly survived: number;
  /** Points that no run came by again. */
  readonly notMet: readonly string[];
  /** The reports of the runs that broke something. */
  readonly reports: readonly string[];
}

/** How a campaign is carried out. */
export interface Campaign extends Pick<Scene, 'temporalBinary' | 'pythonTools' | 'onForge' | 'longest'> {
  /** Where what is known is kept: a campaign that was interrupted goes on from there. */
  readonly folder: string;
  /** The command that takes a plan up again; the plan's file follows. */
  readonly reproduce: string;
  /** How many points one release dies at, most. */
  readonly perRun: number;
  /** How many releases are played at the same time. */
  readonly lanes: number;
  /** No run is begun after it, in milliseconds from now. */
  readonly time: number;
}

/** Kills the worker at every point of a recorded good release, and judges each release that this happened to. */
export async function carryOut(campaign: Campaign): Promise<Progress> {
  const until = performance.now() + campaign.time;
  const points = await recorded(campaign);
  const reports: string[] = [];
  // What a kill has changed the way to is met in a later wave, where fewer of them stand in each other's way; in the last one
  // each stands alone.
  const shares = [1, 3, 9, campaign.perRun];
  for (const [wave, share] of shares.entries()) {
    const left = pointsLeft(campaign, points);
    const isLast = wave === shares.length - 1;
    const plans = deal(left, Math.ceil((left.length * share) / campaign.perRun));
    await inLanes(campaign.lanes, plans, async (plan) => {
      if (performance.now() < until) reports.push(...(await tryPlan(campaign, plan, isLast)));
    });
  }
  const tried = readTried(campaign);
  const names = new Set(tried.map(({ point }) => point));
  return {
    all: points.length,
    tried: names.size,
    survived: tried.filter(({ survived }) => survived).length,
    notMet: points.flatMap(({ point }) => (names.has(point) ? [] : [point])),
    reports,
  };
}

/** The points of a release in which nobody dies, recorded once. */
async function recorded(campaign: Campaign): Promise<readonly Point[]> {
  const file = path.join(campaign.folder, 'points.json');
  if (!existsSync(file)) {
    const { seen, broken } = await playPlan(campaign, []);
    if (broken !== '') throw new Error(`the release breaks something by itself:\n${broken}`);
    await writeFile(file, JSON.stringify(pointsOf(seen)));
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Point[];
}

function pointsLeft<T extends { point: string }>({ folder }: Campaign, points: readonly T[]): T[] {
  const tried = new Set(readTried({ folder }).map(({ point }) => point));
  return points.filter(({ point }) => !tried.has(point));
}

function readTried({ folder }: Pick<Campaign, 'folder'>): Tried[] {
  const file = path.join(folder, 'tried.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Tried);
}

/**
 * Plays a release that dies at each point of a plan; returns a report of what it broke. One that could not be begun, such as
 * where another lane's server was given the same port, has tried nothing: its points are left to the next wave.
 */
async function tryPlan(campaign: Campaign, plan: readonly Point[], whenever: boolean): Promise<string[]> {
  const planned = whenever ? plan.map(whicheverTime) : plan;
  const { seen, broken } = await playPlan(campaign, planned).catch((error: unknown) => {
    console.warn(`a release with ${String(plan.length)} deaths could not be played:`, error);
    return { seen: [], broken: '' };
  });
  for (const { kills } of seen) {
    const point = kills === undefined ? undefined : plan[kills]?.point;
    if (point !== undefined)
      appendFileSync(
        path.join(campaign.folder, 'tried.jsonl'),
        `${JSON.stringify({ point, survived: broken === '' } satisfies Tried)}\n`,
      );
  }
  return broken === '' ? [] : [broken];
}

/** The same tool or exchange, whichever time: how often a release asks for something that it waits for is never the same. */
function whicheverTime({ point, ...rest }: Point): Planned {
  const [what = '', moment = ''] = point.split(/ #\d+ (?=\w+$)/);
  const literally = what.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { ...rest, pattern: `^${literally} #\\d+ ${moment}$` };
}

/** Plays a release that dies at each point of a plan: what its workers came by, and a report of what it broke. */
export async function playPlan(
  campaign: Campaign,
  plan: readonly Planned[],
): Promise<{ seen: readonly Seen[]; broken: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-kill-points-'));
  const plans = path.join(campaign.folder, 'plans');
  await mkdir(plans, { recursive: true });
  const file = path.join(plans, `${path.basename(folder)}.json`);
  await writeFile(file, JSON.stringify(plan));
  const observed = await playFaultyRelease({
    ...campaign,
    ...{ folder, plan, reproduce: `${campaign.reproduce}${file}` },
  });
  const seen = await readSeen(pointsFolder({ folder }));
  const broken = report(observed);
  // What broke can be looked at: its logs, its repository, its database.
  if (broken === '') await rm(folder, { recursive: true, force: true });
  return { seen, broken: broken === '' ? '' : `${broken}\neverything of it: ${folder}` };
}

async function inLanes<T>(lanes: number, all: readonly T[], body: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await body(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
