import { describe, expect, test } from 'vitest';

import { findChangelog, readEntry } from '../../src/config/changelog.js';

describe('the changelog of a package', () => {
  test.each([
    [['README.md', 'CHANGELOG.md'], { file: 'CHANGELOG.md' }],
    [['CHANGES.rst', 'docs/changelog.md'], { file: 'CHANGES.rst' }],
    [['docs/changelog.md'], { file: 'docs/changelog.md' }],
    [['docs/history.rst', 'HISTORY.md'], { file: 'HISTORY.md' }],
    [['NEWS'], { file: 'NEWS' }],
    [['CHANGELOG.rst', 'newsfragments/12.feature.rst'], { fragments: 'newsfragments/' }],
    [['src/changes.py', 'tests/data/CHANGELOG.md', 'changelog/12.fix.md'], undefined],
  ])('is found among %j', (list, place) => {
    expect(findChangelog(list)).toEqual(place);
  });
});

const keep = `# Changelog

All of it. [1.9]: x

## [Unreleased]

## [1.2.0] - 2026-01-01

### Added

- A thing.

\`\`\`sh
## 1.1.0
\`\`\`

## [1.1.0] - 2025-01-01

- Older.

[1.2.0]: https://example.org/1.2.0
`;

describe('an entry is found', () => {
  test.each([
    ['CHANGELOG.md', keep, '### Added\n\n- A thing.\n\n```sh\n## 1.1.0\n```'],
    [
      'HISTORY.md',
      '1.2.0 (2026-01-01)\n------------------\n\n- A thing.\n\n1.1.0\n-----\n- x\n',
      '- A thing.',
    ],
    [
      'CHANGES.rst',
      'Changes\n=======\n\nVersion 1.2.0\n-------------\n\n* A thing.\n\nv1.1\n----\n',
      '* A thing.',
    ],
    [
      'CHANGES.rst',
      '=====\n1.2.0\n=====\n\nNew\n---\n* A thing.\n\n=====\n1.1.0\n=====\n',
      'New\n---\n* A thing.',
    ],
    ['CHANGES.rst', 'News\n----\n\n**1.2.0 (2026-Jan-1)**\n\n* A thing.\n\n**1.1.0**\n* x\n', '* A thing.'],
    ['CHANGES.rst', '1.2.0 Current release\n  * A thing.\n1.1.0\n  * x\n', '  * A thing.'],
    ['CHANGES.md', '**1.2.0**\n\n- A thing.\n\n**1.1.0**\n\n- x\n', '- A thing.'],
    ['CHANGES.md', '## v1.2\n- A thing.\n## v1.1\n', '- A thing.'],
    ['CHANGES.md', '# 2026-01-01: my-package 1.2.0\r\n- A thing.\r\n', '- A thing.'],
    ['NEWS', '1.2.0 (2026-01-01)\n  - A thing.\n\n1.1.0\n  - x\n', '  - A thing.'],
    [
      'CHANGES.md',
      '## 1.2.0\n<!-- draft -->\n- A \u001b[31mthing\u202e.\n[a]: https://example.org\n',
      '- A  [31mthing.',
    ],
  ])('in %s %j', (file, text, entry) => {
    expect(readEntry(file, text, '1.2.0')).toEqual({ text: entry });
  });

  test('of a pre-release under its final version, where it has none of its own', () => {
    expect(readEntry('CHANGES.md', '## 1.2.0\n- A thing.\n', '1.2.0rc1')).toEqual({ text: '- A thing.' });
  });

  test('and cut to what fits', () => {
    const found = readEntry('CHANGES.md', `## 1.2.0\n${'x'.repeat(9000)}\n`, '1.2.0');
    expect('text' in found ? found.text : '').toMatch(/^x{3999}…$/);
  });
});

describe('where an entry is missing, people are told what to write', () => {
  test.each([
    ['CHANGELOG.md', '## [Unreleased]\n- x\n', 'rename its heading "[Unreleased]", so that it says 1.2.0'],
    [
      'CHANGES.rst',
      'Unreleased\n----------\n- x\n',
      'rename its heading "Unreleased", so that it says 1.2.0',
    ],
    ['CHANGES.md', '## 1.1.0\n- since 1.2.0\n', 'write what changed under a heading such as "## 1.2.0"'],
    [
      'CHANGES.md',
      '## 11.2.0\n- x\n## 1.2.0.1\n- x\n## 1.2.0rc1\n- x\n',
      'under a heading such as "## 1.2.0"',
    ],
    ['CHANGES.md', '## 1.3.0, which mends 1.2.0\n- x\n', 'under a heading such as "## 1.2.0"'],
    ['CHANGES.rst', 'Changes\n=======\n', 'under a heading such as "1.2.0", underlined'],
    [
      'CHANGES.rst',
      'pluggy 1.1.0 (2026-01-31)\n=========\n- x\n\npluggy 0.7.0 (Unreleased)\n=========\n- y\n',
      'under a heading such as "pluggy 1.2.0", underlined',
    ],
    ['CHANGES.md', '### [1.1.0] - 2026-01-31\n- x\n', 'under a heading such as "### [1.2.0]"'],
    ['CHANGES.md', '**v1.1.0**\n- x\n', 'under a heading such as "v1.2.0"'],
    ['CHANGES.md', '## 1.2.0\n\n## 1.1.0\n- x\n', 'CHANGES.md says nothing under 1.2.0: write what changed'],
    ['CHANGES.md', '', 'under a heading such as "## 1.2.0"'],
  ])('in %s %j', (file, text, problem) => {
    expect(readEntry(file, text, '1.2.0')).toEqual({ problem: expect.stringContaining(problem) as string });
  });
});
