import { expect, onTestFinished, test } from 'vitest';

import { readProject } from '../../../src/activities/support/project-page.js';
import { run } from '../../../src/activities/support/run.js';
import { witnessed } from '../../../src/activities/support/witness.js';
import { runningIndex } from '../../rehearsal/index/tools.js';
import { addressOf, makeBench } from './bench.js';

test('a witness sees what is run and asked for while it looks, once and without folders or credentials', async () => {
  const index = await runningIndex();
  const address = addressOf('ours', index);
  const bench = await makeBench({
    secrets: { READER: 'ada:hunter2' },
    settings: { network: { mainIndexCredentials: 'READER', mainIndex: index.simpleUrl } },
  });
  onTestFinished(() => bench.close());
  const env = { PATH: process.env.PATH ?? '' };
  const options = { cwd: '/', env, timeoutSeconds: 10 };
  const { value, ran } = await witnessed(bench, async () => {
    await run(['git', '-c', 'core.hooksPath=/dev/null', '--version'], options);
    await run(['git', '--version'], options);
    await run(['echo', `${bench.settings.state}/git/x`, 'hunter2', 'two words'], options);
    return readProject(bench, address, 'demo');
  });
  await run(['git', 'version'], options);
  expect(value.files).toEqual([]);
  expect(ran).toEqual([
    'git --version',
    'echo state/git/x [secret] "two words"',
    `GET ${index.simpleUrl}demo/`,
  ]);
});
