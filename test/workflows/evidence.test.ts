import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { evidence as command, type WrittenEvidence } from '../../src/client/evidence.js';
import { lateOutcome, sendMessage, startLate } from '../../src/client/releases.js';
import type { ReleaseEvidence } from '../../src/evidence/schema.js';
import { problemsOf as answerProblems } from '../client/json.js';
import { problemsOf } from '../evidence/published-schema.js';
import { approveAll, outcome, service, waitsAt, type Running } from './playing.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-evidence-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What `slipway evidence --json` prints, and the evidence that it wrote. */
async function write({ client, request }: Running) {
  const said: string[] = [];
  await command(client, request, folder, {
    json: true,
    interactive: false,
    print: (text) => said.push(text),
    screen: () => ({ width: 80, colour: false, now: new Date() }),
  });
  const written = JSON.parse(said.join('')) as WrittenEvidence;
  expect(answerProblems('written-evidence', written)).toEqual([]);
  const text = await readFile(written.files[0]?.path ?? '', 'utf8');
  expect(problemsOf(text)).toEqual([]);
  return { written, evidence: JSON.parse(text) as ReleaseEvidence };
}

it('evidence can be written while a release runs, and says that it is not finished', async () => {
  const running = await service();
  await running.start();
  await running.until(waitsAt('branch'));
  const { written, evidence } = await write(running);
  expect(written.finished).toBe(false);
  expect(written.files.map(({ kind }) => kind)).toEqual(['evidence', 'report']);
  expect(evidence).toMatchObject({
    ...{ state: 'running', started: { by: 'ada' }, questions: [{ gate: 'branch', decisions: [] }] },
    summary: expect.stringContaining('is not finished') as string,
  });
  expect(evidence.terms).toMatchObject({ approvers: ['ada', 'grace', 'linus'], quorumPeople: 1 });
});

it('evidence of a release that has ended tells all of it, and what was done after its end', async () => {
  const running = await service();
  await running.start();
  await running.until(waitsAt('branch'));
  await sendMessage(running.client, running.request, 'approve', {
    ...{ by: 'ada', gate: 'branch', digest: 'abcdef012345' },
  });
  await approveAll(running, 'branch', 'merge', 'production');
  await outcome(running);
  const ended = await write(running);
  expect(ended.written).toMatchObject({ finished: true });
  expect(ended.written.files.map(({ kind }) => kind)).toEqual(['evidence', 'report', 'statement']);
  expect(ended.evidence).toMatchObject({ state: 'ended', outcome: 'released', yanks: [] });
  expect(ended.evidence.candidates[0]).toMatchObject({ number: 1, passed: true });
  expect(ended.evidence.messages[0]).toMatchObject({ by: 'ada', known: 'claim', counted: false });
  const { package: name, version } = running.request;
  const yank = { package: name, version, by: 'grace', reason: 'data loss' };
  await lateOutcome(running.client, await startLate(running.client, 'yank', yank));
  const late = await write(running);
  expect(late.evidence).toMatchObject({
    ...{ outcome: 'yanked', state: 'ended' },
    yanks: [{ reason: 'data loss', by: 'grace', driver: 'command' }],
  });
  expect(late.evidence.questions.map(({ gate }) => gate).slice(0, 3)).toEqual([
    'branch',
    'merge',
    'production',
  ]);
});
