import { readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';

/** Names of hosts, put together here so that this file does not hold them. */
const registryHosts = [
  ['pypi', 'org'],
  ['pythonhosted', 'org'],
  ['npmjs', 'org'],
  ['npmjs', 'com'],
  ['yarnpkg', 'com'],
  ['proxy', 'golang', 'org'],
  ['sum', 'golang', 'org'],
  ['crates', 'io'],
].map((labels) => labels.join('.'));

/** Folders that exist on the machines of the people who write this and on no other. */
const machinePaths = ['root', 'work'].map((folder) => `/${folder}/`);

const { stdout } = await execa('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
});
const files = new Map(
  stdout
    .split('\0')
    .filter((name) => name !== '')
    .flatMap((name) => {
      try {
        return [[name, readFileSync(path.join(root, name), 'latin1')] as const];
      } catch {
        return []; // Deleted, and not yet from git's index.
      }
    }),
);

function filesWith(text: string): string[] {
  return [...files].filter(([, content]) => content.includes(text)).map(([name]) => name);
}

test('the files of the project are seen', () => {
  expect([...files.keys()]).toContain('package.json');
});

test.each(registryHosts)('no file names the registry host %s', (host) => {
  expect(filesWith(host)).toEqual([]);
});

test.each(machinePaths)('no file names the machine path %s', (folder) => {
  expect(filesWith(folder)).toEqual([]);
});

test('no file is a drawer for everything', () => {
  const drawers = /(^|\/)(utils?|helpers?|misc|common)\.[a-z]+$/;
  expect([...files.keys()].filter((name) => drawers.test(name))).toEqual([]);
});
