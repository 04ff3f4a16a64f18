import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { expect, it } from 'vitest';

import type { Trouble } from '../../src/contract/trouble.js';
import type { ReleaseEvidence } from '../../src/evidence/schema.js';
import { expectPasteable, expectThreeLines } from '../contract/three-lines.js';
import { problemsOf } from '../evidence/published-schema.js';

const planted = 'planted-in-the-environment';

const demo = path.join(import.meta.dirname, '..', '..', 'dist', 'rehearsal', 'demo.js');

interface Summary {
  readonly outcome: string;
  readonly told: Trouble;
  readonly package: string;
  readonly version: string;
  readonly workflowId: string;
  readonly webUi: string;
  readonly candidates: readonly { version: string; passed: boolean }[];
  readonly evidence: { readonly evidence: string; readonly report: string; readonly statement?: string };
  readonly steps: readonly { id: string; title: string; state: string }[];
}

async function play(
  scenario: string,
): Promise<{ summary: Summary; exitCode: number | undefined; shown: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-evidence-'));
  const options = ['--scenario', scenario, '--json', '--evidence', folder];
  const result = await execa(process.execPath, [demo, ...options], {
    reject: false,
    env: { PLANTED_TOKEN: planted },
  });
  const summary = JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as Summary;
  expectPasteable(summary.told, summary);
  expectThreeLines(result.stderr);
  await checkEvidence(summary);
  await rm(folder, { recursive: true });
  return { summary, exitCode: result.exitCode, shown: result.stderr };
}

/** Whatever happened, its evidence is what the published schema describes, holds no secret and says how it ended. */
async function checkEvidence({ evidence: written, outcome, package: name, version }: Summary): Promise<void> {
  const texts = await Promise.all(Object.values(written).map((file) => readFile(file, 'utf8')));
  expect(texts).toHaveLength(3);
  for (const text of texts) expect(text).not.toContain(planted);
  const text = await readFile(written.evidence, 'utf8');
  expect(problemsOf(text)).toEqual([]);
  const evidence = JSON.parse(text) as ReleaseEvidence;
  expect(evidence).toMatchObject({ package: name, version, outcome, state: 'ended' });
  expect(evidence.tests).toContainEqual(
    expect.objectContaining({ step: '06-run-tests', of: 'mode', name: 'anthropic', passedTests: 31 }),
  );
  expect(evidence.coverage).toContainEqual(
    expect.objectContaining({
      of: 'union',
      lines: 110,
      coveredLines: 110,
      branches: 14,
      coveredBranches: 14,
    }),
  );
  expect(evidence.comparisons).toHaveLength(1);
  expect(evidence.readBacks.at(-1)?.files.map(({ sha256 }) => sha256)).toEqual(
    evidence.files.map(({ sha256 }) => sha256),
  );
  expect(evidence.yanks).toHaveLength(outcome === 'yanked' ? 1 : 0);
}

it('releases the sample after one candidate that fails only where it is installed from the index', async () => {
  const { summary, exitCode, shown } = await play('fix-loop');
  expect(summary).toMatchObject({
    outcome: 'released',
    package: 'meant-it',
    version: '0.2.0',
    workflowId: 'release/meant-it/0.2.0',
    candidates: [
      { version: '0.2.0.dev0', passed: false },
      { version: '0.2.0.dev1', passed: true },
    ],
  });
  expect(summary.steps.map((step) => step.state)).toEqual(Array(12).fill('passed'));
  expect(summary.steps[6]?.id).toBe('07-pass-quality-gates');
  expect(shown).toContain('anthropic.txt');
  expect(exitCode).toBe(0);
});

it('releases the sample at the first candidate where nothing is wrong', async () => {
  const { summary, exitCode, shown } = await play('released');
  expect(summary.outcome).toBe('released');
  expect(summary.candidates).toEqual([{ version: '0.2.0.dev0', passed: true }]);
  expect(shown).toContain('meant-it-0.2.0-evidence.json');
  expect(shown).toMatch(/Codecov: 100 % of \d+ lines read back, uploaded: current, deprecated/);
  expect(exitCode).toBe(0);
});

it('yanks the sample after a report in the watch and puts main back', async () => {
  const { summary, exitCode, shown } = await play('yanked');
  expect(summary.outcome).toBe('yanked');
  expect(summary.steps.map((step) => step.state)).toEqual([
    ...Array<string>(10).fill('passed'),
    'failed',
    'passed',
  ]);
  expect(shown).toContain('asked at gate put-main-back');
  expect(shown).toMatch(/the index said so at .*, \d+\.\d s after the message; done by /);
  expect(shown).toContain('an installation without a pin takes 0.1.0');
  expect(shown).toMatch(/main is put back to 0\.1\.0 by [0-9a-f]{12}, as grace chose/);
  expect(exitCode).toBe(0);
});
