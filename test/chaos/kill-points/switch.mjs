/**
 * Loaded into a worker's process before its program (`node --import`): writes down every tool that it runs and every HTTP
 * exchange that it makes, and kills the process at the points that a plan names. The service knows nothing of it.
 *
 * A point is `<zone> <what> #<how manyth> <moment>`. The moments of a tool are before it is started, while it runs, and
 * when it has ended and nobody knows yet; those of an exchange are before its request, when the request is sent, and when
 * the answer has begun.
 */
import { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** @typedef {{ point?: string, pattern?: string, sample?: { seed: number, oneIn: number }, after?: number }} Planned as in plan.ts */

/** What guards the tools and has them give way is a part of the service, and no tool of a step. */
const guards = new Set(['/bin/sh', 'ionice']);

/** The folder with `plan.json` and `seen.jsonl`; without it nothing is done. */
const folder = process.env.SLIPWAY_KILL_POINTS;
const zoneAt = process.argv.indexOf('--zone');
if (folder !== undefined && zoneAt !== -1) watch(process.argv[zoneAt + 1] ?? '', folder);

/**
 * @param {string} zone
 * @param {string} place
 */
function watch(zone, place) {
  writeFileSync(path.join(place, `pid-${zone}`), String(process.pid));
  const record = path.join(place, 'seen.jsonl');
  const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n') : [];
  /** @type {{ point: string, kills?: number }[]} */
  const before = JSON.parse(`[${lines.filter((line) => line.endsWith('}')).join(',')}]`);
  const used = new Set(before.flatMap(({ kills }) => kills ?? []));
  /** @type {Planned[]} */
  const plan = JSON.parse(readFileSync(path.join(place, 'plan.json'), 'utf8'));
  /** How often something has begun, here and in the processes before this one. @type {Map<string, number>} */
  const begun = new Map();
  for (const { point } of before) count(begun, /^(.*) #\d+ before$/.exec(point)?.[1]);

  /** Where in the plan a point is; -1 where it is not, or was met already. @param {string} point */
  const due = (point) =>
    plan.findIndex(
      (planned, at) =>
        isDrawn(planned.sample, point) ||
        (!used.has(at) &&
          (planned.point === point ||
            (planned.pattern !== undefined && new RegExp(planned.pattern).test(point)))),
    );
  /** @param {string} point @param {object} [facts] */
  const pass = (point, facts) => {
    const kills = due(point);
    const line = { point, at: Date.now(), ...facts, ...(kills === -1 ? {} : { kills }) };
    appendFileSync(record, `${JSON.stringify(line)}\n`);
    if (kills !== -1) process.kill(process.pid, 'SIGKILL');
  };
  /** @param {string} what */
  const begin = (what) => `${zone} ${what} #${String(count(begun, `${zone} ${what}`))}`;
  watchTools(begin, pass, (point) => plan[due(point)]?.after);
  watchExchanges(begin, pass);
}

/**
 * Whether a point is of a sample, which its name alone says: no release has to be recorded first to draw one.
 * @param {Planned['sample']} sample
 * @param {string} point
 */
function isDrawn(sample, point) {
  if (sample === undefined) return false;
  const drawn = createHash('sha256')
    .update(`${String(sample.seed)} ${point}`)
    .digest();
  return drawn.readUInt32BE() % sample.oneIn === 0;
}

/** @param {Map<string, number>} counts @param {string | undefined} key */
function count(counts, key) {
  if (key === undefined) return 0;
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}

/**
 * @param {(what: string) => string} begin
 * @param {(point: string, facts?: object) => void} pass
 * @param {(point: string) => number | undefined} middle how long a tool runs until its middle, if it is to die there
 */
function watchTools(begin, pass, middle) {
  /** @type {{ spawn: (this: unknown, options: { args?: string[] }) => unknown }} */
  const prototype = /** @type {any} */ (ChildProcess.prototype);
  const spawn = prototype.spawn;
  prototype.spawn = function (options) {
    const [program = '', ...args] = options.args ?? [];
    if (guards.has(program)) return spawn.call(this, options);
    const name = begin(nameOf([path.basename(program), ...args]));
    pass(`${name} before`);
    const started = performance.now();
    const result = spawn.call(this, options);
    const during = middle(`${name} during`);
    if (during !== undefined) setTimeout(() => pass(`${name} during`), during);
    /** @type {import('node:child_process').ChildProcess} */ (/** @type {any} */ (this)).prependOnceListener(
      'exit',
      () => pass(`${name} after`, { milliseconds: Math.round(performance.now() - started) }),
    );
    return result;
  };
}

/**
 * @param {(what: string) => string} begin
 * @param {(point: string) => void} pass
 */
function watchExchanges(begin, pass) {
  /** @type {WeakMap<object, string>} */
  const names = new WeakMap();
  const moments = { create: 'before', bodySent: 'during', headers: 'after' };
  for (const [event, moment] of Object.entries(moments))
    subscribe(`undici:request:${event}`, (message) => {
      const { request } = /** @type {{ request: { method: string, path: string } }} */ (message);
      if (event === 'create') names.set(request, begin(nameOf([request.method, request.path])));
      const name = names.get(request);
      if (name !== undefined) pass(`${name} ${moment}`);
    });
}

/**
 * What is run or asked for, without what differs from one release to the next.
 * @param {string[]} words
 */
function nameOf(words) {
  return words
    .filter((word, at) => !word.startsWith('-') && words[at - 1] !== '-c')
    .map((word) =>
      word
        .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,64}/g, 'H')
        .replaceAll(/\beyJ[\w.-]+/g, 'T')
        .replaceAll(/https?:\/\/[^/]+/g, '')
        .replaceAll(/^(\/[^\s/:]+)+\/(?=[^\s/:]+$)/g, '…/')
        .replaceAll(/w-\d+-\w+/g, 'W'),
    )
    .join(' ')
    .slice(0, 200);
}
