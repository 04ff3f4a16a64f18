import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';
import { bundleWorkflows } from '../../tools/workflow-bundle.mjs';
import { layerOf } from './imports.js';

let modules: string[] = [];

beforeAll(async () => {
  const code = await bundleWorkflows();
  // Webpack writes each module of a development bundle under its path from the working folder.
  modules = [...code.matchAll(/^\/\*{3}\/ "([^"]+)"$/gm)].map(([, name = '']) => name);
}, 60_000);

test('the workflow bundle holds the workflows and the contract', () => {
  const own = new Set(ownFiles().map((file) => layerOf(file)?.name));
  expect([...own].sort()).toEqual(['contract', 'workflows']);
});

test('the workflow bundle holds no module of Node', () => {
  expect(modules.length).toBeGreaterThan(0);
  expect(modules.filter((name) => name.includes('node:') || name.startsWith('external '))).toEqual([]);
});

function ownFiles(): string[] {
  return modules
    .filter((name) => !name.includes('node_modules/') && name.endsWith('.ts'))
    .map((name) => path.relative(root, path.resolve(name)));
}
