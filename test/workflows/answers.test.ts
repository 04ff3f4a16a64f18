import { expect, it } from 'vitest';

import type { answers } from '../../src/client/answers.js';
import { list, say, start } from '../../src/client/commands.js';
import { log } from '../../src/client/log.js';
import type { Output } from '../../src/client/output.js';
import { status, watch } from '../../src/client/watching.js';
import { finding } from '../../src/contract/verdict.js';
import { problemsOf } from '../client/json.js';
import { approveAll, saying, service, waitsAt } from './playing.js';

/** A pipe for JSON, whose lines are judged by a published schema. */
function judged(name: keyof typeof answers) {
  const seen: unknown[] = [];
  const output: Output = {
    json: true,
    interactive: false,
    print: (line) => {
      const answer: unknown = JSON.parse(line);
      expect(problemsOf(name, answer)).toEqual([]);
      seen.push(answer);
    },
    screen: () => ({ width: 80, colour: false, now: new Date() }),
  };
  return { output, seen };
}

it('every command answers in JSON as its schema says, from the start of a release to its end', async () => {
  const { client, request, ...running } = await service();
  const [started, listed, shown, said, watched] = [
    judged('start'),
    judged('list'),
    judged('status'),
    judged('message'),
    judged('status'),
  ];
  const asked = { ...request, watchSeconds: 1 };
  await start(client, asked, false, started.output);
  await start(client, asked, true, started.output);
  await running.until(waitsAt('branch'));
  await status(client, request, false, shown.output);
  await expect
    .poll(async () => {
      await list(client, listed.output);
      return listed.seen.flat().length;
    })
    .toBeGreaterThan(0);
  const ended = watch(client, request, false, { ...watched, as: 'grace' });
  await say(client, request, 'on-watch', { by: 'grace' }, said.output);
  await approveAll({ client, request, ...running }, 'branch', 'merge', 'production');
  expect(await ended).toBe(0);
  await status(client, request, false, shown.output);
  await say(client, request, 'yank', { by: 'grace', reason: 'data loss' }, said.output);
  expect(watched.seen.at(-1)).toMatchObject({ outcome: { outcome: 'released' } });
  expect([started, shown, said].map(({ seen }) => seen.length)).toEqual([2, 2, 2]);
});

it('a log in JSON is a line of JSON for each line, or a remark', async () => {
  const running = await service({
    checkSuites: async () => ({
      passed: false,
      evidence: [],
      findings: [finding('no', undefined, 'f'.repeat(64))],
    }),
  });
  await running.start();
  await running.until(waitsAt('fix'));
  const { output, seen } = judged('log');
  await log(running.client, running.request, { step: 1 }, false, output);
  expect(seen).toMatchObject([{ title: 'no', note: saying('not in the artifact store') }]);
});
