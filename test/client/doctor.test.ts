import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';

import { createLeaseActivities } from '../../src/activities/lease.js';
import { examinationId, leaseId } from '../../src/contract/handles.js';
import { sentenceOf, type Precondition } from '../../src/contract/preconditions.js';
import { inVain, openMistakes, type Mistakes } from '../acceptance/mistakes.js';
import { startWebhook } from '../activities/notify/receivers.js';
import { problemsOf } from './json.js';

let mistakes: Mistakes;
beforeAll(async () => {
  mistakes = await openMistakes(inject('temporalBinary'), inject('pythonTools'));
});
afterAll(() => mistakes.close());
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What doctor lists, having changed nothing outside. */
async function listed(line: string): Promise<{ found: Precondition[]; exitCode: number | undefined }> {
  const { stdout, exitCode } = await inVain(mistakes, `${line} --json`);
  return { found: answerIn<Precondition[]>('doctor', stdout), exitCode };
}

/** What was printed, as the published schema says. */
function answerIn<T>(name: 'doctor' | 'plan', stdout: string): T {
  const answer = JSON.parse(stdout) as T;
  expect(problemsOf(name, answer)).toEqual([]);
  return answer;
}

function saidOf(found: readonly Precondition[], state: Precondition['state']): string[] {
  return found.filter((each) => each.state === state).map(sentenceOf);
}

async function stateOf(workflowId: string): Promise<string> {
  return mistakes.world.client.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      ({ status }) => status.name,
      () => 'never started',
    );
}

describe('before a release that can be started', () => {
  let found: Precondition[];
  let exitCode: number | undefined;
  beforeAll(async () => {
    ({ found, exitCode } = await listed('doctor meant-it 0.2.0'));
  });

  test('nothing fails, and what nobody can know is no failure', () => {
    expect(saidOf(found, 'fail')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(saidOf(found, 'unknown')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Whether PRODUCTION_INDEX_TOKEN .* scope is unknown until the first upload/),
        expect.stringMatching(/^Whether main is protected: a plain git repository tells nobody/),
        expect.stringMatching(/^Whether that owner may yank meant-it on production-stand-in: a login takes/),
      ]),
    );
  });

  test.each([
    /^Temporal \S+ answers at 127\.0\.0\.1:\d+$/,
    /^The namespace default remembers closed releases for 90 days$/,
    /^The search attributes SlipwayPackage, .* are there$/,
    /^The clocks of this machine and of the server are 0\.\d s apart$/,
    /^A worker of the zone build asks for work: \S+$/,
    /^No other release of meant-it is open$/,
    /^Nobody is told when to act: slipway\.toml names no channel/,
    /^meant-it 0\.2\.0 is free on production-stand-in, which lists no file of it$/,
    /^0\.2\.0\.dev0 is the first candidate: no other run has taken one, by test-stand-in, production-stand-in, git$/,
    /^release\/0\.2\.0 stands at [0-9a-f]{40}$/,
    /^pyproject\.toml and src\/meant_it\/__init__\.py say 0\.1\.0$/,
    /^No coverage badge or link shows another branch than main$/,
    /^The secret ANTHROPIC_API_KEY, .* is set$/,
    /^The Python tools are build .* as they are locked$/,
    /GiB are free in the folder state/,
  ])('it is seen that %s', (said) => {
    expect(saidOf(found, 'pass')).toContainEqual(expect.stringMatching(said));
  });

  test('no run stays open for it, and no lease was asked for', async () => {
    expect(await stateOf(examinationId('meant-it', '0.2.0'))).toBe('COMPLETED');
    expect(await stateOf(leaseId('meant-it'))).toBe('never started');
  });
});

test.each([
  'meant-it 0.1.0 --branch two-versions',
  'meant-it 0.2.0 --branch many-problems',
  'meant-it 0.2.0 --branch unknown-secret',
  'meant-it 0.9.0',
  'elsewhere 1.0.0',
])('what fails before `start %s` is what the start is refused for, in the same words', async (line) => {
  const { found, exitCode } = await listed(`doctor ${line}`);
  const { stderr } = await inVain(mistakes, `start ${line}`);
  const failing = saidOf(found, 'fail');
  expect(failing).not.toEqual([]);
  expect(stderr.split('\n')).toEqual([
    'true now: Refused; nothing was changed.',
    expect.stringMatching(/^not done: \S+ \S+ is not started:$/),
    ...failing.flatMap((said) => `- ${said}`.split('\n')),
    `next: Mend that, then \`slipway start ${line}\`.`,
  ]);
  expect(exitCode).toBe(1);
});

test('in a terminal everything that fails has its remedy below it, and the last line is what to type', async () => {
  const { stdout } = await inVain(mistakes, 'doctor meant-it 0.1.0');
  expect(stdout).toContain(
    '✘ meant-it 0.1.0 is released on production-stand-in already, and a version can\n  never be used again\n  → choose the next one, 0.1.1, which is free.',
  );
  expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
    expect.stringMatching(/^[1-9] fail, [1-9] cannot be known, \d+ pass; mend what fails, then$/),
    '  $ slipway doctor meant-it 0.1.0',
  ]);
});

test('a release that holds the lease is named, and goes on holding it', async () => {
  const lease = createLeaseActivities(mistakes.world.client);
  const holder = 'release/pocket/9.9.9';
  await lease.ensureLease({ package: 'pocket', holder, wait: false });
  const { found } = await listed('doctor pocket 0.1.0');
  expect(saidOf(found, 'fail')).toContain(
    `${holder} is open and holds the lease of pocket: let it end, or start with --queue to wait behind it.`,
  );
  expect(await stateOf(leaseId('pocket'))).toBe('RUNNING');
  await lease.ensureLeaseReleased({ package: 'pocket', holder });
});

test('a release branch that stands at main still fails nowhere: doctor, plan and start agree', async () => {
  const line = 'pocket 0.2.0 --branch pure';
  const { found, exitCode } = await listed(`doctor ${line}`);
  expect(saidOf(found, 'fail')).toEqual([]);
  expect(exitCode).toBe(0);
  expect(await inVain(mistakes, `plan ${line}`)).toMatchObject({ exitCode: 0 });
  expect(await mistakes.slipway(`start ${line}`)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^release\/pocket\/0\.2\.0 is admitted/) as string,
  });
  await mistakes.slipway('abort pocket 0.2.0 --reason enough');
  await mistakes.until('pocket', '0.2.0', ({ outcome }) => outcome !== undefined);
});

describe('the plan of a release', () => {
  let shown: string;
  beforeAll(async () => {
    const { stdout, exitCode } = await inVain(mistakes, 'plan meant-it 0.2.0');
    shown = stdout;
    expect(exitCode).toBe(0);
  });

  test('names its commit, who is asked, and both configurations with their digests', async () => {
    const head = await mistakes.world.remote.head('release/0.2.0');
    expect(shown).toContain(`  release/0.2.0 at ${head ?? ''}\n`);
    expect(shown).toContain('  "Judge meanings, also with Anthropic" by ');
    expect(shown).toContain('  the first candidate is 0.2.0.dev0\n');
    expect(shown).toContain('  branch, merge and production: 1 of ada, grace, linus\n');
    expect(shown).toContain('  started by grace, who may not approve it\n');
    expect(shown).toMatch(/^settings of the service, digest [0-9a-f]{12}$/m);
    expect(shown).toMatch(/^configuration of the package, digest [0-9a-f]{12}$/m);
  });

  test('tells what the settings say of answers, hours and reruns, and what the changelog says', () => {
    const told = shown.replaceAll(/\s+/g, ' ');
    for (const line of [
      'counts only if it is signed at production, un-yank and amend; everywhere else also unsigned',
      'keys are known of ada, grace and linus',
      'a card can be approved for 7d at production, without end at branch and merge',
      'nobody is told when to act: the settings name no channel',
      'no roster says at which hours anybody can be asked',
      'uploads to production begin: at any hour',
      'reruns of failed tests on the same files: at most 2 in each step',
      'changelog: CHANGELOG.md tells of this version',
    ])
      expect(told).toContain(line);
  });

  test('holds the twelve steps in their order, and the line behind which nothing can be undone', () => {
    const numbers = [...shown.matchAll(/^ ([ \d]\d) /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const at = (text: string) => shown.indexOf(text);
    const upload = '! Upload meant-it 0.2.0 to production-stand-in and read it back';
    expect(at('! Upload meant-it 0.2.0.dev0 to test-stand-in')).toBeLessThan(at('NOTHING BELOW'));
    expect(at('! Merge into main')).toBeLessThan(at('NOTHING BELOW'));
    expect(at('NOTHING BELOW')).toBeLessThan(at(upload));
    expect(shown.slice(at('NOTHING BELOW'), at(upload)).split('\n')).toHaveLength(4);
  });

  test('tells what was run to find out, and nothing of that writes', () => {
    const ran = [...shown.matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
    expect(ran).toContainEqual(expect.stringMatching(/^git fetch /));
    expect(ran).toContainEqual(expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+\/simple\/meant-it\/$/));
    expect(ran.filter((line) => /^(POST|PUT|DELETE|PATCH|twine|git (push|commit))\b/.test(line))).toEqual([]);
  });

  test('fits 80 columns, but for what was run', () => {
    const lines = shown.split('\n').filter((line) => !line.startsWith('  $ '));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('is the same in JSON', async () => {
    const { stdout } = await inVain(mistakes, 'plan meant-it 0.2.0 --json');
    expect(answerIn('plan', stdout)).toMatchObject({
      next: '0.2.0.dev0',
      terms: { branch: 'release/0.2.0' },
      steps: expect.arrayContaining([
        expect.objectContaining({
          id: '09-publish-to-production',
          noReturnBefore: expect.any(Number) as number,
        }),
      ]) as unknown,
    });
  });
});

test('a version without a branch has no plan, but what fails', async () => {
  const { stdout, exitCode } = await inVain(mistakes, 'plan meant-it 0.9.0');
  expect(stdout).toContain('meant-it 0.9.0 has no plan while this is so; nothing was changed');
  expect(stdout).toContain('✘ ');
  expect(stdout).not.toContain('✔');
  expect(exitCode).toBe(1);
  const { stdout: inJson } = await inVain(mistakes, 'plan meant-it 0.9.0 --json');
  expect(answerIn('plan', inJson)).toMatchObject({ steps: [] });
});

test('without a package only the service is looked at', async () => {
  const { found, exitCode } = await listed('doctor');
  expect(new Set(found.map(({ about }) => about))).toEqual(new Set(['server', 'workers']));
  expect(exitCode).toBe(0);
});

test('how people would be told is looked at, and no channel hears of it', async () => {
  const hook = await startWebhook();
  const canary = 'canary-of-a-channel';
  vi.stubEnv('ADA_HOOK', `json://${hook.host}/${canary}`);
  const { ada, grace, linus } = mistakes.world.keys;
  await mistakes.changeSettings({
    notify: { 'ada-hook': { secret: 'ADA_HOOK' }, team: { secret: 'TEAM_HOOK', thread: true } },
    people: {
      ada: { keys: [ada.publicKey], notify: ['ada-hook'] },
      grace: { keys: [grace.publicKey], notify: ['team'] },
      linus: { keys: [linus.publicKey] },
    },
  });
  const { found, exitCode } = await listed('doctor meant-it 0.2.0');
  const people = found.filter(({ about }) => about === 'people');
  expect(people.map(({ state, said }) => `${state} ${said.split(' ').slice(0, 5).join(' ')}`)).toEqual(
    expect.arrayContaining([
      'pass The address of the channel',
      'fail The address of the channel',
      'unknown Whether ada-hook would take a',
      'unknown Whether linus would hear that',
    ]),
  );
  expect(saidOf(people, 'fail')).toEqual([expect.stringMatching(/ team, .* missing: set TEAM_HOOK /)]);
  expect(exitCode).toBe(1);
  expect(JSON.stringify(found)).not.toContain(canary);
  expect(hook.received).toEqual([]);
  const { stdout } = await inVain(mistakes, 'plan meant-it 0.2.0');
  const { stdout: inJson } = await inVain(mistakes, 'plan meant-it 0.2.0 --json');
  expect(answerIn('plan', inJson)).toHaveProperty('terms.notifies', true);
  expect(stdout).toContain('  people are told when they have to act, by the channels of the settings\n');
});

test('without workers the server is looked at, and no run is left behind that nobody takes up', async () => {
  await mistakes.world.workers.stop();
  const { found } = await listed('doctor meant-it 0.2.0');
  expect(saidOf(found, 'pass')).toContainEqual(expect.stringMatching(/^Temporal \S+ answers/));
  expect(saidOf(found, 'unknown')).toContain(
    'Nothing of this is known, because no worker of the zone workflow answers',
  );
  expect(await stateOf(examinationId('meant-it', '0.2.0'))).not.toBe('RUNNING');
});
