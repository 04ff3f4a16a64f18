import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { whyNoGitea } from '../tools/gitea.mjs';
import { root } from '../tools/paths.mjs';
import { lastWords, run } from '../tools/run.mjs';
import { ended } from './interruption.js';
import { partOf, type Stage } from './releasing.js';

/** What has to be so on every forge, from the pull request to the release page, faults in the middle included. */
export const forges = partOf(
  'forges',
  'one suite of behaviours on plain git, a GitHub stand-in and a real Gitea',
  {
    'plain-git': (stage) => playSuite(stage, 'plain-git'),
    github: (stage) => playSuite(stage, 'github'),
    gitea: async (stage) => {
      const whyNot: string | undefined = await whyNoGitea();
      if (whyNot !== undefined) throw new Error(whyNot);
      return playSuite(stage, 'gitea');
    },
  },
);

/** What of Vitest's report is read. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly Behaviour[];
  }[];
}

interface Behaviour {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages?: readonly string[];
}

/** Runs the tests of one forge; says how many behaviours there are, and throws with those that are not so. */
async function playSuite(stage: Stage, forge: string): Promise<string> {
  const report = path.join(stage.folder, 'report.json');
  const result = await run(
    process.execPath,
    [
      path.join('node_modules', 'vitest', 'vitest.mjs'),
      ...['run', `test/activities/forge/${forge}.test.ts`],
      ...['--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`],
    ],
    {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1' },
      signal: ended,
      onLine: (line) => stage.say(line.trim().split(' > ').at(-1) ?? ''),
    },
  );
  const { numPassedTests: passed, testResults } = await readFile(report, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => Promise.reject(new Error(lastWords(result))),
  );
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed');
  if (failed.length > 0)
    throw new Error(
      `${String(passed)} behaviours, ${String(failed.length)} failed: ${failed.map(said).join('; ')}`,
    );
  if (result.code !== 0 || passed === 0)
    throw new Error(testResults.map(({ message }) => message).join(' ') || lastWords(result));
  return `${String(passed)} behaviours, 0 failed`;
}

function said({ fullName, failureMessages: [why = ''] = [] }: Behaviour): string {
  return `${fullName} (${why.split('\n')[0] ?? ''})`;
}
