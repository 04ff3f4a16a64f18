import path from 'node:path';

import { expect, test } from 'vitest';

import { resolverReason } from '../../../src/activities/support/resolver.js';
import { tool } from '../../../src/activities/support/workbench.js';
import * as indexes from '../../rehearsal/index/tools.js';
import { makeBench } from './bench.js';

const cases: readonly (readonly ['pip' | 'uv', readonly string[], string])[] = [
  [
    'pip',
    ['fx-dep>=2', 'fx-dep<2'],
    'these contradict each other: this asks for fx-dep>=2; this asks for fx-dep<2',
  ],
  ['pip', ['fx-dep==9'], 'it holds no fx-dep==9; the versions there are 1.0, 1.1, 2.0'],
  ['pip', ['fx-nothing'], 'it holds nothing that fx-nothing could be'],
  ['uv', ['fx-dep==9'], 'Because there is no version of fx-dep==9 and you require fx-dep==9'],
];

test('the resolvers of pip and uv are quoted with their reason on one line', async () => {
  const [bench, index, folder] = await Promise.all([
    makeBench(),
    indexes.runningIndex(),
    indexes.temporaryFolder(),
  ]);
  for (const version of ['1.0', '1.1', '2.0'])
    await indexes.plainUpload(index, (await indexes.makeDistributions('fx-dep', version)).wheel);
  const venv = path.join(folder, 'venv');
  const env = { UV_CACHE_DIR: path.join(folder, 'cache'), NO_COLOR: '1' };
  expect(await indexes.run(tool(bench, 'uv'), ['venv', '--quiet', venv], env)).toMatchObject({ code: 0 });
  const python = path.join(venv, 'bin', 'python');
  for (const [name, wanted, reason] of cases) {
    const command = name === 'pip' ? ['--python', python, 'install'] : ['pip', 'install', '--python', python];
    const args = [...command, '--index-url', index.simpleUrl, ...wanted];
    const { code, output } = await indexes.run(tool(bench, name), args, env);
    expect(code).not.toBe(0);
    expect(resolverReason(output), output).toBe(reason);
  }
  await bench.close();
});

test('a failure of another kind is not taken for the resolver', () => {
  expect(
    resolverReason('error: subprocess-exited-with-error\n  × Building wheel did not run'),
  ).toBeUndefined();
});
