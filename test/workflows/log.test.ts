import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLogActivities } from '../../src/activities/logs.js';
import { runKept, type Workbench } from '../../src/activities/support/workbench.js';
import { log } from '../../src/client/log.js';
import { workflowTypes } from '../../src/contract/handles.js';
import { finding } from '../../src/contract/verdict.js';
import { makeBench } from '../activities/support/bench.js';
import { service, waitsAt, type Running } from './playing.js';
import type { Activities } from './world.js';

const secret = 'sk-nobody-may-see-this';
const script = `
printf 'first key=%s' sk-nobody-
while ! [ -e go ]; do read -r _ < wait || :; done
printf 'may-see-this second\\nthird \\033[31mred\\033[0m\\n'
`;

let bench: Awaited<ReturnType<typeof makeBench>>;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

/** A tool that prints, waits for a file and prints on; the pipe that it reads is what it waits with. */
async function toolIn(folder: Workbench) {
  const cwd = folder.settings.state;
  await execa('mkfifo', ['wait'], { cwd });
  return {
    run: () =>
      runKept(folder, ['/bin/sh', '-c', script], {
        cwd,
        env: { PATH: process.env.PATH ?? '' },
        timeoutSeconds: 60,
        hide: [secret],
      }),
    goOn: async () => {
      await writeFile(path.join(cwd, 'go'), '');
      await writeFile(path.join(cwd, 'wait'), '\n');
    },
  };
}

/** A terminal that remembers what was printed, and whether something has been. */
function paper() {
  const lines: string[] = [];
  const hopes: { has: string; come: () => void }[] = [];
  return {
    lines,
    until: (text: string) =>
      new Promise<void>((come) => {
        if (lines.some((line) => line.includes(text))) come();
        else hopes.push({ has: text, come });
      }),
    output: {
      json: false,
      interactive: false,
      print: (text: string) => {
        lines.push(text);
        for (const { has, come } of hopes) if (text.includes(has)) come();
      },
      screen: () => ({ width: 80, colour: false, now: new Date() }),
    },
  };
}

/** A service whose first step runs this. */
function running(checkSuites: Activities['checkSuites']): Promise<Running> {
  return service({ checkSuites, ...createLogActivities(bench.settings.state, bench.store) });
}

async function print(at: Running, wish: Parameters<typeof log>[2], follow = false): Promise<string[]> {
  const { lines, output } = paper();
  await log(at.client, at.request, wish, follow, output);
  return lines;
}

describe('the log of a step', () => {
  it('is followed while a tool runs, to its end, without a secret that came in two pieces', async () => {
    const tool = await toolIn(bench);
    const at = await running(async () => {
      const { log: digest } = await tool.run();
      return { passed: false, evidence: [], findings: [finding('the tests failed', undefined, digest)] };
    });
    await at.start();
    const { lines, until, output } = paper();
    const followed = log(at.client, at.request, { step: 1 }, true, output);
    await until('sh -c');
    await tool.goOn();
    await followed;
    expect(lines.slice(1)).toEqual(['first key=[secret] second', 'third red']);

    // Afterwards the same bytes come from the store, and nothing is left where it ran.
    await at.until(waitsAt('fix'));
    expect(await print(at, { step: 1 })).toEqual([
      '── the tests failed',
      'first key=[secret] second',
      'third red',
    ]);
    const [run = ''] = await readdir(path.join(bench.settings.state, 'running'));
    const left = await readdir(path.join(bench.settings.state, 'running', run));
    expect(left.filter((name) => name.endsWith('.log'))).toEqual([]);
  });

  it('leaves nothing of the reading on the server', async () => {
    const at = await running(async () => {
      const digest = await bench.store.put('x'.repeat(10));
      return { passed: false, evidence: [], findings: [finding('no', undefined, digest)] };
    });
    await at.start();
    await at.until(waitsAt('fix'));
    await print(at, { step: 1 });
    const query = `WorkflowType = '${workflowTypes.log}'`;
    await expect.poll(() => at.client.workflow.count(query).then(({ count }) => count)).toBe(0);
  });

  it('comes whole and in bounded pieces however long it is, and a file that is no text is only named', async () => {
    const long = `${'ä line of forty characters and an ümlaut\n'.repeat(20_000)}the end`;
    const at = await running(async () => ({
      passed: false,
      evidence: [
        { what: 'coverage as HTML (zip)', digest: await bench.store.put(Buffer.from([80, 75, 0, 1])) },
      ],
      findings: [
        finding('long', undefined, await bench.store.put(long)),
        finding('silent', undefined, await bench.store.put('')),
        finding('cleaned', undefined, 'f'.repeat(64)),
      ],
    }));
    await at.start();
    await at.until(waitsAt('fix'));
    const lines = await print(at, { step: 1 });
    expect(lines.slice(0, 3)).toEqual([
      '── coverage as HTML (zip)',
      expect.stringMatching(/^A file of 4 bytes and no text: sha256 [0-9a-f]{64}\.$/),
      '── long',
    ]);
    expect(lines.slice(3, -4).join('\n')).toBe(long);
    expect(lines.slice(-4)).toEqual([
      '── silent',
      'It printed nothing.',
      '── cleaned',
      `It is not in the artifact store any more (sha256 ${'f'.repeat(64)}).`,
    ]);
  });

  it('that is not there is told from one that has not begun', async () => {
    const at = await running(async () => ({ passed: false, evidence: [], findings: [finding('no')] }));
    await at.start();
    await at.until(waitsAt('fix'));
    await expect(print(at, { step: 1 })).rejects.toThrow(
      'Step 1 (Validate the release branch) left no output: no tool ran in it.',
    );
    await expect(print(at, { step: 6 })).rejects.toThrow(/^true now: Step 6 .* has not begun\.\n/);
    await expect(print(at, { candidate: 'dev7' })).rejects.toThrow(/^true now: There is no candidate dev7/);
    expect(existsSync(path.join(bench.settings.state, 'running'))).toBe(false);
  });
});
