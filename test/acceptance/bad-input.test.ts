import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { expectThreeLines } from '../contract/three-lines.js';
import { expectRefusal, inVain, openMistakes, type Mistakes } from './mistakes.js';
import { patience } from '../setup/patience.js';

let mistakes: Mistakes;
beforeAll(async () => {
  mistakes = await openMistakes(inject('temporalBinary'), inject('pythonTools'));
});
afterAll(() => mistakes.close());

describe('a release is refused', () => {
  it.each<[string, string, string[]]>([
    [
      'from a branch that is not there',
      'meant-it 0.9.0',
      [
        'has the branches',
        'main',
        'has no branch release/0.9.0',
        'Push release/0.9.0 and start again',
        '--branch',
      ],
    ],
    [
      'into the branch that it comes from',
      'meant-it 0.2.0 --branch main',
      ['main cannot be released into itself', 'name a release branch with --branch'],
    ],
    [
      'of a package that the settings do not name',
      'elsewhere 1.0.0',
      ['names no package elsewhere', 'meant-it, pocket', 'add [packages.elsewhere]', 'restart the worker'],
    ],
    [
      'of a version that is released',
      'meant-it 0.1.0',
      [
        'meant-it 0.1.0 is released on production-stand-in already',
        'choose the next one',
        'tag v0.1.0 exists',
      ],
    ],
    [
      'with submodules',
      'meant-it 0.2.0 --branch with-submodules',
      ['has submodules, which are never fetched', 'vendored', 'put their files into it'],
    ],
    [
      'with version files that disagree',
      'meant-it 0.2.0 --branch two-versions',
      [
        'pyproject.toml: 0.1.0',
        'src/meant_it/__init__.py: 0.1.1',
        'version files disagree',
        'write the same version into each',
      ],
    ],
    [
      'with a mode that wants a secret which nobody lends',
      'meant-it 0.2.0 --branch unknown-secret',
      [
        'secret GEMINI_API_KEY is missing',
        'list it under build-secrets in slipway.toml',
        'set GEMINI_API_KEY',
      ],
    ],
    [
      'with a configuration that is no TOML',
      'meant-it 0.2.0 --branch not-toml',
      ['pyproject.toml is not TOML'],
    ],
    [
      'with everything that is wrong in its configuration',
      'meant-it 0.2.0 --branch many-problems',
      [
        'tool.slipway.minimum-coverge: is no key',
        'tool.slipway.tag: must hold {version} once, such as v{version}',
        'tool.slipway.constraints: nowhere.txt is not in the repository',
      ],
    ],
    [
      'with a watch that is shorter than the settings allow, whatever else is wrong',
      'meant-it 0.1.0 --branch nowhere --watch 10m',
      ['A watch of 10m is shorter', 'ask for --watch 1h or more', 'is released on', 'has no branch nowhere'],
    ],
  ])('%s', async (_what, line, words) => {
    await expectRefusal(mistakes, `start ${line}`, words);
  });

  it('of a version that was yanked', async () => {
    mistakes.world.production.yank('meant-it', '0.1.0');
    await expectRefusal(mistakes, 'start meant-it 0.1.0', [
      'is yanked on production-stand-in already',
      'choose the next one',
    ]);
    mistakes.world.production.unyank('meant-it', '0.1.0');
  });

  it('and its status says so for good', async () => {
    await expectRefusal(mistakes, 'start meant-it 0.9.0', ['has no branch']);
    const { stdout, exitCode } = await mistakes.slipway('status meant-it 0.9.0 --watch');
    expect(stdout).toContain('meant-it 0.9.0: refused');
    expect(stdout).toContain('true now: Refused; nothing was changed.');
    expectThreeLines(stdout);
    expect(exitCode).toBe(1);
    const listed = async () => JSON.parse((await mistakes.slipway('list --json')).stdout) as unknown;
    const row = { workflowId: 'release/meant-it/0.9.0', run: 'failed', status: 'refused' };
    await expect.poll(listed, patience).toContainEqual(expect.objectContaining(row));
  });
});

describe('a wrong command line', () => {
  it.each<[string, string]>([
    ['start meant-it latest', 'is not a version after PEP 440: write for example 0.2.0'],
    ['start meant-it 0.2.0-rc1', 'is not normalised after PEP 440: write 0.2.0rc1'],
    ['start meant-it 0.2.0.dev0', 'the service adds .devN itself'],
    ['start Meant_It 0.2.0', 'is not normalised: write meant-it'],
  ])('slipway %s', async (line, remedy) => {
    const { stdout, stderr, exitCode } = await inVain(mistakes, line);
    expect(stderr).toContain(remedy);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});
