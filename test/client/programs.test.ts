import path from 'node:path';

import { execa } from 'execa';
import { expect, test } from 'vitest';

import { root } from '../../tools/paths.mjs';
import { expectThreeLines } from '../contract/three-lines.js';

test('every program tells a wrong command line in three lines, with how it is called', async () => {
  const programs = [
    'src/worker',
    'src/up',
    'src/notify',
    'src/direct',
    'rehearsal/rehearse',
    'rehearsal/demo',
  ];
  const ends = programs.map(async (program) => {
    const file = path.join(root, 'dist', `${program}.js`);
    const { exitCode, stderr, stdout } = await execa('node', [file, '--wacth'], { reject: false });
    expectThreeLines(stderr);
    expect(stderr).toMatch(/^true now: Unknown option '--wacth'\.\n[^]*\n\n(slipway|npm run) /);
    expect({ program, exitCode, stdout }).toEqual({ program, exitCode: 2, stdout: '' });
  });
  await Promise.all(ends);
});

test.each<[string[], string, number]>([
  [['rehearse'], 'The repository or the version is missing.', 2],
  [['rehearse', 'nowhere', '1.0'], 'nowhere cannot be cloned (', 1],
  [['rehearse', '.', 'abc'], '"abc" is not a version after PEP 440', 2],
  [['rehearse', '.', '1.0', '--watch', 'long'], '--watch long is no duration.', 2],
  [['up', '--settings', 'nowhere.toml'], 'nowhere.toml does not exist', 1],
  [['worker', '--settings', 'nowhere.toml'], 'nowhere.toml does not exist', 1],
])('slipway %j ends in three lines: %s', async (args, now, code) => {
  const { exitCode, stderr } = await execa('node', [path.join(root, 'bin', 'slipway.js'), ...args], {
    ...{ cwd: root, reject: false, stdin: 'ignore' },
  });
  expectThreeLines(stderr);
  expect(stderr).toContain(`true now: ${now}`);
  expect(exitCode).toBe(code);
});
