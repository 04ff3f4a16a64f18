import { readFileSync } from 'node:fs';
import path from 'node:path';

import ts from 'typescript';
import { describe, expect, test } from 'vitest';

import { summarise } from '../../src/contract/summaries.js';
import { root } from '../../tools/paths.mjs';

const index = {
  name: 'production',
  upload: 'https://production/legacy/',
  simple: 'https://production/simple/',
};
const subject = { package: 'llm-app-test', version: '0.2.0' };

/** Everything that an activity may be given. */
const input = {
  ...subject,
  subject,
  index,
  request: subject,
  source: { repository: '/srv/example.git', commit: 'c'.repeat(40), config: 'd'.repeat(64) },
  manifest: { ...subject, commit: 'c'.repeat(40), files: [], toolchain: 'd'.repeat(64) },
  origin: { index },
  artifact: { filename: 'llm_app_test-0.2.0.tar.gz', sha256: 'd'.repeat(64) },
  repository: '/srv/example.git',
  branch: 'release/0.2.0',
  base: 'main',
  commit: 'c'.repeat(40),
  mode: 'openai',
  probe: { name: 'index' },
  application: 'chatbot',
  tag: 'v0.2.0',
  workflowId: 'release/llm-app-test/0.2.0',
  service: { name: 'Codecov' },
  errand: { id: '7', url: 'https://example.org/runs/7' },
};

/** The names of the activities as the contract's interfaces declare them. */
function activityNames(): string[] {
  const file = path.join(root, 'src', 'contract', 'activities.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => name.text.endsWith('Activities'))
    .flatMap(({ members }) => [...members])
    .filter(ts.isMethodSignature)
    .map(({ name }) => name.getText(source));
}

/** The same input with every text in it drawn out. */
function drawnOut(value: unknown): unknown {
  if (typeof value === 'string') return value.repeat(50);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, drawnOut(item)]));
}

test('the activities of all zones are seen', () => {
  expect(activityNames()).toEqual(expect.arrayContaining(['checkSuites', 'ensureMerged', 'ensureYanked']));
});

describe.each(activityNames())('%s', (activity) => {
  test('has a summary in words, with what it is about', () => {
    const summary = summarise(activity, input);
    expect(summary).toMatch(/^[A-Z][a-z]+ [^\n]*\S$/);
    expect(summary).not.toMatch(/ {2}|undefined|\[object/);
  });

  test('has one that the engine does not cut, whatever it is given', () => {
    const summaries = [drawnOut(input), {}, undefined, { index: 7, subject: null, source: 'x' }];
    for (const given of summaries) expect(summarise(activity, given).length).toBeLessThanOrEqual(120);
  });
});
