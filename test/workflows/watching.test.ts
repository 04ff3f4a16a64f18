import { EventEmitter } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it, test } from 'vitest';

import { openLivePicture } from '../../src/client/live-picture.js';
import type { Output } from '../../src/client/output.js';
import { watch } from '../../src/client/watching.js';
import { releaseId } from '../../src/contract/handles.js';
import { slipwayWith } from '../client/slipway.js';
import { patience } from '../setup/patience.js';
import { approveAll, answer, service, type Running } from './playing.js';

/** A pipe, or a terminal of 80 columns and 24 rows, that keeps what was written to it. */
function paper(kind: 'pipe' | 'terminal', json = false) {
  const printed: string[] = [];
  const hopes: { has: RegExp; come: () => void }[] = [];
  const seen = (text: string) => {
    printed.push(text);
    for (const { has, come } of hopes) if (has.test(stripVTControlCharacters(text))) come();
  };
  const terminal = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 80,
    rows: 24,
    write: (text: string) => {
      seen(text);
      return true;
    },
  }) as unknown as NodeJS.WriteStream & { columns: number; rows: number };
  const output: Output = {
    json,
    interactive: false,
    print: seen,
    screen: () => ({ width: terminal.columns, colour: false, now: new Date() }),
    ...(kind === 'terminal' ? { terminal } : {}),
  };
  const until = (has: RegExp) =>
    new Promise<void>((come) => {
      if (printed.some((text) => has.test(stripVTControlCharacters(text)))) come();
      else hopes.push({ has, come });
    });
  return { printed, output, terminal, until };
}

const watching = (running: Running, output: Output) =>
  watch(running.client, running.request, false, { output, as: 'grace' });

describe('a release that is watched in a pipe', () => {
  it('is told by a line for each change, and the exit code says that it was released', async () => {
    const running = await service();
    await running.start({ watchSeconds: 1 });
    const { printed, output } = paper('pipe');
    const watched = watching(running, output);
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await watched).toBe(0);
    const told = printed.map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));
    expect(printed.filter((line) => !/^\d\d:\d\d:\d\d /.test(line))).toEqual([
      expect.stringMatching(
        /^\S+ 1\.0\.0: released\ntrue now: production serves .*\nnot done: Nothing .*\nnext: /,
      ),
    ]);
    expect(printed.at(-1)).toMatch(/: released\n/);
    expect(told).toContainEqual(expect.stringMatching(/^12-conclude-release passed/));
    const steps = told.filter((line) => /^\d\d-/.test(line));
    expect(new Set(steps).size).toBe(steps.length);
  });

  it.each([
    ['abort', 5],
    ['yank', 6],
  ] as const)('ends after %s with exit code %i', async (kind, code) => {
    const running = await service();
    await running.start({ watchSeconds: 3600 });
    const watched = watching(running, paper('pipe').output);
    if (kind === 'abort') await answer(running, 'branch', 'abort');
    else {
      await approveAll(running, 'branch', 'merge', 'production');
      await running.until((ledger) => ledger.watch !== undefined);
      await running.client.workflow
        .getHandle(`release/${running.request.package}/1.0.0`)
        .signal('yank', { by: 'grace', reason: 'data loss' });
    }
    expect(await watched).toBe(code);
  });

  it('goes on when no worker answers for a while, and says since when', async () => {
    const running = await service();
    await running.start();
    const { printed, output, until } = paper('pipe');
    const watched = watching(running, output);
    await until(/asked at gate branch/);
    await running.stopWorkers();
    await until(/no worker answers since .*; trying again/);
    await running.startWorkers();
    await answer(running, 'branch', 'abort');
    expect(await watched).toBe(5);
    expect(printed.filter((line) => line.includes('no worker answers'))).toHaveLength(1);
  });
});

test('`slipway start --wait` goes on until the end, and its exit code says how', async () => {
  const running = await service();
  const { package: name, version } = running.request;
  const { address } = running;
  const waited = slipwayWith(['start', name, version, '--wait'], {
    ...{ TEMPORAL_ADDRESS: address, SLIPWAY_AS: 'ada' },
  });
  const { workflow } = running.client;
  await expect.poll(() => workflow.getHandle(releaseId(name, version)).describe(), patience).toBeDefined();
  await answer(running, 'branch', 'abort');
  const { exitCode, stdout } = await waited;
  expect(exitCode).toBe(5);
  expect(stdout).toContain(`${name} ${version}: abandoned\ntrue now: `);
});

describe('a release that is watched in a terminal', () => {
  it('is drawn on a screen of its own without clearing it, and its last state is left standing', async () => {
    const running = await service();
    await running.start();
    const { printed, output, terminal, until } = paper('terminal');
    const watched = watching(running, output);
    await until(/waiting for .*grace/);
    Object.assign(terminal, { rows: 8, columns: 60 });
    terminal.emit('resize');
    await until(/… \d+ more lines$/);
    await answer(running, 'branch', 'abort');
    expect(await watched).toBe(5);
    expect(printed[0]).toBe('\u001b[?1049h\u001b[?25l');
    expect(printed.join('')).not.toContain('\u001b[2J');
    expect(printed.at(-2)).toBe('\u001b[?25h\u001b[?1049l');
    expect(printed.at(-1)).toMatch(/^\S+ 1\.0\.0: abandoned\n/);
    expect(terminal.listenerCount('resize')).toBe(0);
  });

  it.each([
    [24, 80],
    [8, 60],
    [5, 20],
  ])('fits into %i rows of %i columns, whatever is to be shown', (rows, columns) => {
    const { printed, terminal } = paper('terminal');
    Object.assign(terminal, { rows, columns });
    const picture = openLivePicture(terminal, () => undefined);
    picture.draw(
      Array.from({ length: 40 }, (_, line) => `${String(line)} ${'x'.repeat(line * 5)}`).join('\n'),
    );
    picture.end();
    const lines = stripVTControlCharacters(printed[1] ?? '').split('\n');
    const taken = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
    expect(taken).toBeLessThanOrEqual(rows);
    expect(lines.at(-1)).toMatch(/^… \d+ more lines$/);
  });
});
