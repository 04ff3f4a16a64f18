import { expect, test } from 'vitest';

import { codecovPlace, isCodecovPlace } from '../../src/config/codecov.js';

test.each([
  ['https://github.com/team/project.git', 'github/team/project'],
  ['https://gitlab.com/team/sub/project', 'gitlab/team/sub/project'],
  ['git@github.com:team/project.git', 'github/team/project'],
  ['ssh://git@bitbucket.org:22/team/project/', 'bitbucket/team/project'],
  ['https://github.example.org/team/project.git', undefined],
  ['https://example.org/github/team/project', undefined],
  ['https://github.com/project', undefined],
  ['file:///github.com/team/project', undefined],
  ['/srv/github.com/team/project', undefined],
])('the repository at %s is %s on Codecov', (address, place) => {
  expect(codecovPlace(address)).toBe(place);
});

test.each([
  'github',
  'github/team',
  'team/project/x',
  'github/team/../x',
  'github/team/-x',
  'github/team/x y',
])('%s is no repository as Codecov names it', (place) => {
  expect(isCodecovPlace(place)).toBe(false);
});
