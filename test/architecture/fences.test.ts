import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { layers } from '../../tools/fences.mjs';
import { root } from '../../tools/paths.mjs';
import { importsOf, isAllowed, layerOf, sourceFiles } from './imports.js';

const files = ['src', 'rehearsal', 'acceptance'].flatMap(sourceFiles);

test('every source file belongs to a layer', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !layerOf(file))).toEqual([]);
});

describe.each(layers.filter(({ name }) => name !== 'tools'))('the layer $name', (layer) => {
  const own = files.filter((file) => layerOf(file) === layer);

  test('has files', () => {
    expect(own).not.toEqual([]);
  });

  test('imports only what it may', () => {
    expect(own.flatMap(importsOf).filter((it) => !isAllowed(it))).toEqual([]);
  });
});

test('only activities/support runs tools by execa', () => {
  const importers = sourceFiles('src').filter((file) => importsOf(file).some(({ to }) => to === 'execa'));
  expect(new Set(importers.map((file) => layerOf(file)?.name))).toEqual(new Set(['support']));
});

test('only the worker sees workflows and activities together', () => {
  const seesBoth = sourceFiles('src').filter((file) => {
    const seen = new Set(importsOf(file).map(({ to }) => layerOf(to)?.name));
    return seen.has('workflows') && seen.has('activities');
  });
  expect(seesBoth.filter((file) => layerOf(file)?.name !== 'worker')).toEqual([]);
});

describe('ESLint reports', () => {
  const eslint = new ESLint({ cwd: root });

  test.each([
    ['src/contract/steps.ts', "import '../workflows/index.js';", 'no-restricted-imports'],
    ['src/contract/steps.ts', 'export const home = process.env;', 'no-restricted-globals'],
    ['src/workflows/index.ts', "import { readFileSync } from 'node:fs';", 'no-restricted-imports'],
    ['src/workflows/index.ts', "import '../activities/support/run.js';", 'no-restricted-imports'],
    ['src/workflows/index.ts', 'export const home = process.env;', 'no-restricted-globals'],
    ['src/workflows/index.ts', "export const answer = fetch('');", 'no-restricted-globals'],
    ['src/config/settings.ts', "import { spawn } from 'node:child_process';", 'no-restricted-imports'],
    ['src/client.ts', "import './workflows/index.js';", 'no-restricted-imports'],
    ['src/client.ts', "import '../rehearsal/demo.js';", 'no-restricted-imports'],
    ['src/contract/steps.ts', 'export default 1;', 'no-restricted-syntax'],
    ['src/contract/steps.ts', 'export enum Step {}', 'no-restricted-syntax'],
    [
      'src/contract/steps.ts',
      'void (async () => {})(); (async () => {})();',
      '@typescript-eslint/no-floating-promises',
    ],
    ['src/contract/steps.ts', '// eslint-disable-next-line\nexport default 1;', 'no-restricted-syntax'],
  ])('in %s the line %s', async (file, line, rule) => {
    const text = `${readFileSync(path.join(root, file), 'utf8')}\n${line}\n`;
    const results = await eslint.lintText(text, { filePath: path.join(root, file) });
    expect(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId))).toContain(rule);
  });
});
