import { delimiter, dirname, join } from 'node:path';
import { keptPackage } from './kept-package.mjs';
import { root } from './paths.mjs';
import { Problem, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { run } from './run.mjs';

const nodes = ['20', '22', '24'];

/** Tests that take a minute together and touch what depends on Node: the bundles, processes, streams, Temporal's native module. */
const fast = [
  'architecture',
  'config',
  'contract',
  'tools',
  'client/render',
  'workflows/messages',
  'client/doctor-view',
  'activities/support',
  'replay',
].map((name) => `test/${name}`);

const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m;

/** @typedef {{ node: string, result: string, seconds: string, passed: boolean, output: string }} Outcome */

await runProgram(async () => {
  const words = process.argv.slice(2);
  const chosen = words.filter((word) => /^\d+(\.\d+)*$/.test(word));
  const tests = words.filter((word) => !chosen.includes(word));
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const version of chosen.length > 0 ? chosen : nodes)
    outcomes.push(
      await stage(`Node ${version}`, (log) => testOn(version, tests.length > 0 ? tests : fast, log)),
    );
  const failed = outcomes.filter(({ passed }) => !passed);
  for (const { node, output } of failed) console.error(`--- Node ${node}\n${output}`);
  console.log('\nNode        seconds  tests');
  for (const { node, seconds, result } of outcomes)
    console.log(`${node.padEnd(10)} ${seconds.padStart(8)}  ${result}`);
  if (failed.length > 0)
    throw new Problem(
      `The tests do not pass on Node ${failed.map(({ node }) => node).join(' and ')}: mend what is said above.`,
    );
});

/**
 * Runs tests with one Node, their own programs included.
 * @param {string} version
 * @param {string[]} tests
 * @param {import('./progress.mjs').Log} log
 * @returns {Promise<Outcome>}
 */
async function testOn(version, tests, log) {
  const program = await nodeOf(version, log);
  const { stdout: exact } = await run(program, ['-p', 'process.versions.node']);
  const began = performance.now();
  const { code, stdout, stderr } = await run(
    program,
    [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...tests],
    {
      cwd: root,
      env: {
        ...process.env,
        NO_COLOR: '1',
        PATH: `${dirname(program)}${delimiter}${process.env.PATH ?? ''}`,
      },
      onLine: (line) => log(line.trim().slice(0, 100)),
    },
  );
  return {
    node: exact.trim(),
    result: counts.exec(stdout)?.[0] ?? `ended with ${code} before any count`,
    seconds: ((performance.now() - began) / 1000).toFixed(0),
    passed: code === 0 && counts.test(stdout),
    output: `${stdout}${stderr}`,
  };
}

/**
 * The program of the newest Node of a version, which npm has as a package for each kind of machine.
 * @param {string} version
 * @param {import('./progress.mjs').Log} log
 */
async function nodeOf(version, log) {
  const name = `node-${process.platform}-${process.arch}`;
  return join(await keptPackage(name, version, { as: `node-${version}`, log }), 'bin', 'node');
}
