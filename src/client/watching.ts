import { setTimeout as delay } from 'node:timers/promises';

import { isGrpcServiceError, type Client } from '@temporalio/client';

import { progress } from '../contract/progress.js';
import type { ReleaseRequest } from '../contract/release.js';
import type { Ledger } from '../contract/state.js';
import { changesTeller } from './changes.js';
import { exitCodes, told } from './failures.js';
import { openLivePicture, rowsOf } from './live-picture.js';
import type { Output } from './output.js';
import { readLedger } from './releases.js';
import { ringer } from './ringing.js';
import { localTime, renderStatus, type Screen } from './render.js';

type Release = Pick<ReleaseRequest, 'package' | 'version'>;

/** How often a release is looked at, in milliseconds. */
const interval = 1000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Shows a release as it is. */
export async function status(client: Client, release: Release, full: boolean, output: Output): Promise<void> {
  const ledger = await readLedger(client, release.package, release.version);
  output.print(output.json ? inJson(ledger, output) : renderStatus(ledger, withAll(output.screen(), full)));
}

/** Shows a release until it has ended; returns the exit code that says how. */
export async function watch(
  client: Client,
  release: Release,
  full: boolean,
  { output, as }: { readonly output: Output; readonly as: string },
): Promise<number> {
  const view =
    output.terminal === undefined ? linesView(output) : pictureView(output.terminal, full, output, as);
  let ledger: Ledger | undefined;
  try {
    for await (const seen of looks(client, release)) {
      if ('ledger' in seen) ledger = seen.ledger;
      view.show(seen);
      if (ledger?.phase === 'closed') return exitCodeOf(ledger);
      await delay(interval);
    }
    return exitCodes.refused;
  } finally {
    view.end();
  }
}

/** A look at a release; or since when it cannot be looked at, and why. */
type Look = { readonly ledger: Ledger } | { readonly away: string; readonly since: Date };

/** Looks again and again; once there was something to see, that nobody answers is no end. */
async function* looks(client: Client, release: Release): AsyncGenerator<Look> {
  let since: Date | undefined;
  for (let seen = false; ;) {
    try {
      const ledger = await readLedger(client, release.package, release.version);
      [seen, since] = [true, undefined];
      yield { ledger };
    } catch (error) {
      const away = awayWhy(error);
      if (!seen || away === undefined) throw error;
      since ??= new Date();
      yield { away, since };
    }
  }
}

/** gRPC's UNAVAILABLE. */
const unavailable = 14;

function awayWhy(error: unknown): string | undefined {
  if (isGrpcServiceError(error) && Number(error.code) === unavailable)
    return 'the Temporal server does not answer';
  const { code } = told(error);
  return code === exitCodes.unreachable ? 'no worker answers' : undefined;
}

function exitCodeOf({ outcome }: Ledger): number {
  return outcome === undefined ? exitCodes.refused : exitCodes[outcome.outcome];
}

interface View {
  show(look: Look): void;
  end(): void;
}

function withAll(screen: Screen, full: boolean): Screen {
  return full ? { ...screen, found: 'all' } : screen;
}

/** In a terminal: one picture that is drawn again and again, and is left standing at the end. */
function pictureView(terminal: NodeJS.WriteStream, full: boolean, output: Output, person: string): View {
  const ring = ringer(person, process.env);
  let ledger: Ledger | undefined;
  let trouble: string[] = [];
  const draw = () => {
    if (ledger === undefined) return;
    const all = [...trouble, renderStatus(ledger, withAll(output.screen(), full))].join('\n');
    const { rows, columns } = picture.size();
    const fits = full || rowsOf(all, columns) <= rows;
    picture.draw(
      fits ? all : [...trouble, renderStatus(ledger, { ...output.screen(), found: 'least' })].join('\n'),
    );
  };
  const picture = openLivePicture(terminal, draw);
  const ticker = setInterval(draw, interval);
  const end = () => {
    clearInterval(ticker);
    for (const signal of signals) process.off(signal, leave);
    picture.end();
    if (ledger !== undefined) output.print(renderStatus(ledger, withAll(output.screen(), full)));
  };
  const leave = () => {
    end();
    process.exit(exitCodes.interrupted);
  };
  for (const signal of signals) process.once(signal, leave);
  return {
    show(look) {
      if ('ledger' in look) {
        [ledger, trouble] = [look.ledger, []];
        const call = ring(ledger, output.screen().now);
        if (call !== '') terminal.write(call);
      } else trouble = [awayLine(look, output), ''];
      draw();
    },
    end,
  };
}

/** How a release has ended, in lines. */
function endingOf(ledger: Ledger, output: Output): string[] {
  const { package: name, version } = ledger.request;
  const { headline, told: lines } = progress(ledger, output.screen().now.toISOString());
  return [`${name} ${version}: ${headline}`, ...lines];
}

/** In a pipe: a line for each change, with the time of this machine. */
function linesView(output: Output): View {
  const changes = changesTeller(true);
  let last = '';
  const say = (text: string) => {
    output.print(output.json ? text : `${clock(output.screen().now)} ${text}`);
  };
  return {
    show(look) {
      if ('away' in look) {
        const line = awayLine(look, output);
        if (last !== 'away' && !output.json) say(line);
        last = 'away';
        return;
      }
      const lines = output.json ? [inJson(look.ledger, output)] : changes(look.ledger);
      const text = lines.join('\n');
      if (!output.json || text !== last) lines.forEach(say);
      last = text;
      if (look.ledger.phase === 'closed' && !output.json)
        output.print(endingOf(look.ledger, output).join('\n'));
    },
    end: () => undefined,
  };
}

function awayLine({ away, since }: Extract<Look, { away: string }>, output: Output): string {
  const { now } = output.screen();
  return `${away} since ${localTime(since.toISOString(), now)}; trying again, and what is shown is from before`;
}

function clock(time: Date): string {
  return time.toLocaleTimeString('en-GB');
}

function inJson(ledger: Ledger, output: Output): string {
  const { package: name, version } = ledger.request;
  return JSON.stringify({
    ...{ workflowId: ledger.id, package: name, version },
    ...progress(ledger, output.screen().now.toISOString()),
    outcome: ledger.outcome,
  });
}
