import { describe, expect, test } from 'vitest';

import { messageKinds } from '../../src/contract/messages.js';
import { freePort } from '../../src/up/temporal-server.js';
import { expectThreeLines } from '../contract/three-lines.js';
import { slipway } from './slipway.js';

/** Nobody listens there. */
const nowhere = `127.0.0.1:${String(await freePort())}`;

const commands = [
  ...['doctor', 'plan', 'start', 'status', 'log', 'list', ...messageKinds],
  ...['init', 'worker', 'up', 'notify', 'rehearse', 'completion', 'exit-codes'],
];

describe('the help', () => {
  test('teaches a release in eight commands, lists every command and says what the exit codes mean', async () => {
    const { stdout, stderr, exitCode } = await slipway(['--help'], nowhere);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout.match(/^  \$ slipway /gm)).toHaveLength(8);
    expect(stdout).toMatch(/0 done, 1 refused or failed, 2 wrong command line,\s+3 .* 4 /);
  });

  test.each(commands)('of %s says what it does and what it takes', async (command) => {
    const { stdout, exitCode } = await slipway([command, '--help'], nowhere);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`slipway ${command}`);
    expect(stdout.split('\n').length).toBeGreaterThan(3);
  });
});

describe('a wrong command line is told what to write instead, and reaches no server', () => {
  test.each<[string, string]>([
    ['start llm-app-test latest', 'is not a version after PEP 440: write for example 0.2.0'],
    ['start llm-app-test v0.2.0', 'is not normalised after PEP 440: write 0.2.0'],
    ['start llm-app-test 0.2.0.dev1', 'the service adds .devN itself'],
    ['start llm-app-test 0.2.0+local', 'leave it out'],
    ['start LLM_App_Test 0.2.0', 'is not normalised: write llm-app-test'],
    ['start ../etc 0.2.0', 'is not a package name'],
    ['start llm-app-test 0.2.0 --watch 12', 'write a duration such as 90s, 10m or 12h'],
    ['start llm-app-test 0.2.0 --watch 99999d', 'write a duration such as 90s, 10m or 12h'],
    ['start llm-app-test', "missing required argument 'version'"],
    ['start llm-app-test 0.2.0 --wach 12h', 'Did you mean --watch?'],
    ['log llm-app-test 0.2.0 --step 13', 'write the number of a step, 1 to 12'],
    ['status', "missing required argument 'package'"],
    ['yank llm-app-test 0.2.0.dev0', 'the service adds .devN itself'],
    ['aprove llm-app-test 0.2.0', 'Did you mean approve?'],
  ])('slipway %s', async (line, remedy) => {
    const { stdout, stderr, exitCode } = await slipway(line.split(' '), nowhere);
    expect(stderr).toContain(remedy);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

describe('without a server', () => {
  test.each(['list', 'start llm-app-test 0.2.0', 'yank llm-app-test 0.2.0'])(
    'slipway %s names the address and both ways out',
    async (line) => {
      const { stdout, stderr, exitCode } = await slipway(line.split(' '), nowhere);
      expectThreeLines(stderr);
      expect(stderr).toContain(`true now: No Temporal server can be used at ${nowhere} (`);
      expect(stderr).toContain('next: Start one with `slipway up`, or set TEMPORAL_ADDRESS, then');
      // A yank that cannot wait has a way without the server.
      expect(stderr.includes(' --direct ')).toBe(line.startsWith('yank'));
      expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    },
  );
});
