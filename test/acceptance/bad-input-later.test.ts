import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { openGates, type Ledger } from '../../src/contract/state.js';
import { expectThreeLines } from '../contract/three-lines.js';
import { pocket } from './bad-repositories.js';
import { openMistakes, type Mistakes } from './mistakes.js';

let mistakes: Mistakes;
beforeAll(async () => {
  mistakes = await openMistakes(inject('temporalBinary'), inject('pythonTools'));
});
afterAll(() => mistakes.close());

/** Runs a command that must be carried out, and returns what it says. */
async function done(line: string): Promise<string> {
  const { stdout, stderr, exitCode } = await mistakes.slipway(line);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

const waitsAt = (id: string) => (ledger: Ledger) => openGates(ledger).some((gate) => gate.id === id);
const abandoned = ({ outcome }: Ledger) => outcome?.outcome === 'abandoned';

describe('while a release is open', () => {
  let digest: string;
  let untouched: string[];
  beforeAll(async () => {
    untouched = await mistakes.outside();
    await done('start meant-it 0.2.0');
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
        '--queue',
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
      'approve meant-it 0.2.0 --gate merge --digest abcdefabcdef --as ada',
      3,
      ['Not counted: the gate merge is not open (open now: branch)'],
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
    expectThreeLines(stderr);
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
    expect(await done('start meant-it 0.2.0 --attach')).toBe('joined release/meant-it/0.2.0');
  });

  it('another version waits visibly with --queue, and goes on when a yank, which counts as abort, ends the first', async () => {
    const waiting = 'waits behind release/meant-it/0.2.0 (1 ahead)';
    expect(await done('start meant-it 0.3.0 --branch release/0.2.0 --queue')).toBe(
      `release/meant-it/0.3.0 ${waiting}`,
    );
    expect(await done('status meant-it 0.3.0')).toContain(waiting);
    expect(await done('yank meant-it 0.2.0 --reason wrong')).toContain(
      'nothing is uploaded yet, so the yank counts as abort',
    );
    await mistakes.until('meant-it', '0.2.0', abandoned);
    await mistakes.until('meant-it', '0.3.0', ({ steps }) => steps[0]?.state === 'running');
    await done('abort meant-it 0.3.0 --reason enough');
    await mistakes.until('meant-it', '0.3.0', abandoned);
    expect(await mistakes.outside()).toEqual(untouched);
  });
});

/** Starts a release of the small package and approves its branch. */
async function startAndApprove(version: string, branch: string): Promise<void> {
  await done(`start ${pocket} ${version} --branch ${branch}`);
  const ledger = await mistakes.until(pocket, version, waitsAt('branch'));
  const digest = openGates(ledger)[0]?.digest ?? '';
  await done(`approve ${pocket} ${version} --gate branch --digest ${digest} --as ada`);
}

async function shownAt(step: number, version: string): Promise<{ state: string; found: string } | undefined> {
  const { rows } = JSON.parse(await done(`status ${pocket} ${version} --json`)) as {
    rows: { number: number; state: string; found: string[] }[];
  };
  const row = rows.find(({ number }) => number === step);
  return row && { state: row.state, found: row.found.join('; ') };
}

async function giveUp(version: string): Promise<void> {
  await done(`abort ${pocket} ${version} --reason enough`);
  await mistakes.until(pocket, version, abandoned);
}

/** What is outside beside the branch and the refs that carry the version: step 2 may write those. */
async function besideTheBranch(): Promise<string[]> {
  const lines = await mistakes.outside();
  return lines.filter((line) => !/refs\/(heads\/(not-)?pure|slipway\/pocket\/.*)$/.test(line));
}

describe('what shows only later', () => {
  it('a wheel that is not pure is found when it is built, and the release waits for a fix', async () => {
    const before = await besideTheBranch();
    await startAndApprove('1.0.0', 'not-pure');
    await mistakes.until(pocket, '1.0.0', waitsAt('fix'));
    const built = await shownAt(3, '1.0.0');
    expect(built).toMatchObject({ state: 'failed' });
    expect(built?.found).toMatch(
      /The build made .*pocket-1\.0\.0\.dev0-cp\d+.*\.whl: .*exactly one sdist and one pure wheel/,
    );
    await giveUp('1.0.0');
    expect(await besideTheBranch()).toEqual(before);
  });

  it('a token that the index refuses keeps the release waiting until it is mended', async () => {
    const test = {
      name: 'test-stand-in',
      upload: mistakes.world.test.uploadUrl,
      simple: mistakes.world.test.simpleUrl,
    };
    const before = await besideTheBranch();
    await mistakes.changeSettings({ test: { ...test, token: 'PRODUCTION_INDEX_TOKEN' } });
    await startAndApprove('1.1.0', 'pure');
    await mistakes.until(pocket, '1.1.0', waitsAt('trouble'));
    const uploading = await shownAt(4, '1.1.0');
    expect(uploading?.found).toContain('403');
    const shown = (await done(`status ${pocket} 1.1.0`)).replaceAll(/\s+/g, ' ');
    for (const words of [
      'Give the worker a token in PRODUCTION_INDEX_TOKEN',
      `slipway retry ${pocket} 1.1.0`,
    ])
      expect(shown).toContain(words);
    expect(await besideTheBranch()).toEqual(before);
    await mistakes.changeSettings({});
    await done(`retry ${pocket} 1.1.0 --reason mended`);
    await mistakes.until(pocket, '1.1.0', ({ steps }) => steps[3]?.state === 'passed');
    expect(await besideTheBranch()).toHaveLength(before.length + 2);
    await giveUp('1.1.0');
  });
});
