import { beforeAll, describe, expect, test } from 'vitest';

import { build } from '../../tools/build.mjs';
import { loadTables, renderSections } from '../../tools/docs/generated.mjs';
import { commandProblems, gateProblems, linkProblems, projectDocs } from '../../tools/docs/references.mjs';

const docs = (text: string) => new Map([['docs/text.md', text]]);

describe('the generated sections', () => {
  test('hold every step, every message and every key of the settings', async () => {
    const tables = await loadTables();
    const sections = renderSections(tables);
    for (const { id, title } of tables.steps)
      expect(sections.get('steps')).toContain(`[${title}](../src/workflows/steps/${id}.ts)`);
    for (const kind of Object.keys(tables.messageHelp))
      expect(sections.get('messages')).toContain(`| \`${kind}\` |`);
    expect(sections.get('settings')).toContain('| `approvers` | list of texts | must be given |');
    expect(sections.get('settings')).toContain('| `watch` | duration or seconds | `"12h"` |');
    expect(sections.get('package')).toContain('### `[tool.slipway.applications.<name>]`');
  });

  test('say of every key what it means', async () => {
    const sections = [...renderSections(await loadTables()).values()].join('\n');
    expect(sections.split('\n').filter((line) => /^\| `.*\| +\|$/.test(line))).toEqual([]);
  });
});

describe('a link', () => {
  test.each([
    '[a](../package.json)',
    '[a](#a-heading-with-code)\n\n## A heading, with `code`',
    '[a](https://example.org/nothing)',
    '`[a](nothing.md)`',
    '```\n[a](nothing.md)\n```',
    '[a][b]\n\n[b]: ../src/contract',
  ])('is right in %j', (text) => {
    expect(linkProblems(docs(text))).toEqual([]);
  });

  test.each([
    ['[a](nothing.md)', 'docs/text.md links to nothing.md, which is not there.'],
    ['[a](#no)\n\n## Yes', 'docs/text.md links to #no, and docs/text.md has no such place.'],
    ['[a][b]\n\n[b]: nothing.md', 'docs/text.md links to nothing.md, which is not there.'],
  ])('is wrong in %j', (text, problem) => {
    expect(linkProblems(docs(text))).toEqual([problem]);
  });
});

describe('a command', () => {
  beforeAll(() => build({ log: () => undefined }), 120_000);

  test.each([
    '`npm run docs -- --check` and `npm test`',
    '```\n$ npx slipway start llm-app-test 0.2.0 --accept-unisolated   # --nonsense\n```',
    '`slipway up --settings slipway.toml`',
    'slipway celebrate',
  ])('exists in %j', async (text) => {
    expect(await commandProblems(docs(text))).toEqual([]);
  });

  test.each([
    ['`npm run celebrate`', 'docs/text.md names `npm run celebrate`, which is no script.'],
    ['`slipway celebrate 1.0`', 'docs/text.md names `slipway celebrate`, which is no command.'],
    [
      '```\nslipway yank llm-app-test 0.2.0 --force\n```',
      'docs/text.md names `slipway yank --force`, which it does not take.',
    ],
  ])('does not exist in %j', async (text, problem) => {
    expect(await commandProblems(docs(text))).toEqual([problem]);
  });
});

test('a gate that the process leaves out is named', () => {
  const process = new Map([['docs/process.md', '| `branch` | asked | answers |']]);
  expect(gateProblems(process, ['branch', 'merge'])).toEqual([
    'docs/process.md does not describe the gate merge: add a row for it.',
  ]);
});

test('the docs of the project are found, and not those of its sample', async () => {
  const names = [...(await projectDocs()).keys()];
  expect(names).toContain('docs/process.md');
  expect(names.filter((name) => name.startsWith('rehearsal/sample/'))).toEqual([]);
});
