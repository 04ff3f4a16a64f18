import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { openGates, type Ledger } from '../../src/contract/state.js';
import { pocket } from './bad-repositories.js';
import { openMistakes, type Mistakes } from './mistakes.js';

let mistakes: Mistakes;
beforeAll(async () => {
  mistakes = await openMistakes(inject('temporalBinary'), inject('pythonTools'));
});
afterAll(() => mistakes.close());

const waitsAt = (id: string) => (ledger: Ledger) => openGates(ledger).some((gate) => gate.id === id);
const abandoned = ({ outcome }: Ledger) => outcome?.outcome === 'abandoned';

describe('while a release is open', () => {
  let digest: string;
  let untouched: unknown;
  beforeAll(async () => {
    untouched = await mistakes.outside();
    expect(await mistakes.slipway('start meant-it 0.2.0')).toMatchObject({ exitCode: 0 });
    const ledger = await mistakes.until('meant-it', '0.2.0', waitsAt('branch'));
    digest = openGates(ledger)[0]?.digest.slice(0, 12) ?? '';
  });

  it.each<[string, string, number, string[]]>([
    [
      'the same one is not started twice',
      'start meant-it 0.2.0',
      1,
      ['release/meant-it/0.2.0 is open already', 'slipway status meant-it 0.2.0', 'join it with --attach'],
    ],
    [
      'another version is refused with the id of the open one, and for its own problems at once',
      'start meant-it 0.3.0 --branch unknown-secret',
      1,
      [
        'release/meant-it/0.2.0 is open and holds the lease of meant-it',
        '--wait',
        'GEMINI_API_KEY is missing',
      ],
    ],
    [
      'an approval without a digest shows what is asked, and how to say yes to exactly that',
      'approve meant-it 0.2.0 --as ada',
      2,
      [
        'Releases meant-it 0.2.0 from exactly this commit of release/0.2.0',
        'commit ',
        '--gate branch --digest ',
      ],
    ],
    [
      'an approval of something else does not count',
      'approve meant-it 0.2.0 --gate branch --digest abcdefabcdef --as ada',
      3,
      ['Not counted: stale: the gate branch asks about ', 'the answer is for abcdefabcdef'],
    ],
    [
      'an approval at a gate that is not open does not count',
      'approve meant-it 0.2.0 --gate production --digest abcdefabcdef --as ada',
      3,
      ['Not counted: the gate production is not open (open now: branch)'],
    ],
    [
      'a stranger has no say',
      'reject meant-it 0.2.0 --gate branch --digest abcdefabcdef --as mallory',
      3,
      ['Not counted: mallory is not an approver of this release (ada, grace, linus)'],
    ],
    [
      'a report of a problem with what is not published does not count',
      'report meant-it 0.2.0 --reason broken',
      3,
      ['Not counted: nothing is published yet', 'reject at the gate, or abort'],
    ],
  ])('%s', async (_what, line, code, words) => {
    const { stdout, stderr, exitCode } = await mistakes.slipway(line);
    for (const word of words) expect(stderr).toContain(word);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  });

  it('who started it cannot approve it, even with the digest that is asked about', async () => {
    const { stderr, exitCode } = await mistakes.slipway(
      `approve meant-it 0.2.0 --gate branch --digest ${digest}`,
    );
    expect(stderr).toContain(
      'Not counted: grace started the release and the settings allow no self-approval',
    );
    expect(exitCode).toBe(3);
  });

  it('it is joined with --attach', async () => {
    expect(await mistakes.slipway('start meant-it 0.2.0 --attach')).toMatchObject({
      exitCode: 0,
      stdout: 'joined release/meant-it/0.2.0',
    });
  });

  it('another version waits visibly with --wait, and goes on when a yank, which counts as abort, ends the first', async () => {
    expect(await mistakes.slipway('start meant-it 0.3.0 --branch release/0.2.0 --wait')).toMatchObject({
      exitCode: 0,
      stdout: 'release/meant-it/0.3.0 waits behind release/meant-it/0.2.0 (1 ahead)',
    });
    const { stdout } = await mistakes.slipway('status meant-it 0.3.0');
    expect(stdout).toContain('waits behind release/meant-it/0.2.0 (1 ahead)');
    const yank = await mistakes.slipway('yank meant-it 0.2.0 --reason wrong');
    expect(yank.stdout).toContain('nothing is uploaded yet, so the yank counts as abort');
    expect(yank.exitCode).toBe(0);
    await mistakes.until('meant-it', '0.2.0', abandoned);
    await mistakes.until('meant-it', '0.3.0', ({ steps }) => steps[0]?.state === 'running');
    expect(await mistakes.slipway('abort meant-it 0.3.0 --reason enough')).toMatchObject({ exitCode: 0 });
    await mistakes.until('meant-it', '0.3.0', abandoned);
    expect(await mistakes.outside()).toEqual(untouched);
  });
});

/** Starts a release of the small package and approves its branch. */
async function startAndApprove(version: string, branch: string): Promise<void> {
  expect(await mistakes.slipway(`start ${pocket} ${version} --branch ${branch}`)).toMatchObject({
    exitCode: 0,
  });
  const ledger = await mistakes.until(pocket, version, waitsAt('branch'));
  const digest = openGates(ledger)[0]?.digest ?? '';
  const approval = `approve ${pocket} ${version} --gate branch --digest ${digest} --as ada`;
  expect(await mistakes.slipway(approval)).toMatchObject({ exitCode: 0 });
}

async function shownAt(step: number, version: string): Promise<{ state: string; found: string } | undefined> {
  const { stdout } = await mistakes.slipway(`status ${pocket} ${version} --json`);
  const { rows } = JSON.parse(stdout) as { rows: { number: number; state: string; found: string }[] };
  return rows.find(({ number }) => number === step);
}

async function giveUp(version: string): Promise<void> {
  expect(await mistakes.slipway(`abort ${pocket} ${version} --reason enough`)).toMatchObject({ exitCode: 0 });
  await mistakes.until(pocket, version, abandoned);
}

const stored = () => mistakes.world.test.accessLog().filter(({ kind }) => kind === 'change').length;

describe('what shows only later', () => {
  it('a wheel that is not pure is found when it is built, and the release waits for a fix', async () => {
    await startAndApprove('1.0.0', 'not-pure');
    await mistakes.until(pocket, '1.0.0', waitsAt('fix'));
    const built = await shownAt(3, '1.0.0');
    expect(built).toMatchObject({ state: 'failed' });
    expect(built?.found).toMatch(/The build made .*linux.*\.whl.*exactly one sdist and one pure wheel/);
    await giveUp('1.0.0');
    expect(stored()).toBe(0);
  });

  it('a token that the index refuses keeps the release waiting until it is mended', async () => {
    const test = {
      name: 'test-stand-in',
      upload: mistakes.world.test.uploadUrl,
      simple: mistakes.world.test.simpleUrl,
    };
    await mistakes.changeSettings({ test: { ...test, token: 'PRODUCTION_INDEX_TOKEN' } });
    await startAndApprove('1.1.0', 'pure');
    await mistakes.until(pocket, '1.1.0', waitsAt('trouble'));
    const uploading = await shownAt(4, '1.1.0');
    expect(uploading?.found).toContain('403');
    const { stdout } = await mistakes.slipway(`status ${pocket} 1.1.0`);
    for (const words of [
      'Give the worker a token in PRODUCTION_INDEX_TOKEN',
      `slipway retry ${pocket} 1.1.0`,
    ])
      expect(stdout).toContain(words);
    expect(stored()).toBe(0);
    await mistakes.changeSettings({});
    expect(await mistakes.slipway(`retry ${pocket} 1.1.0 --reason mended`)).toMatchObject({ exitCode: 0 });
    await mistakes.until(pocket, '1.1.0', ({ steps }) => steps[3]?.state === 'passed');
    expect(stored()).toBe(2);
    await giveUp('1.1.0');
  });
});
