import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

import { forges } from '../../../src/activities/forge/forges.js';
import { createGitActivities } from '../../../src/activities/git.js';
import { instrumented } from '../../../src/activities/support/activity.js';
import { openSource } from '../../../src/activities/support/source.js';
import { onState } from '../../../src/activities/support/state-folder.js';
import { folderStore } from '../../../src/activities/support/store.js';
import { runKept, type Workbench } from '../../../src/activities/support/workbench.js';
import { inWorkplace } from '../../../src/activities/support/workplace.js';
import { readSecrets } from '../../../src/config/secrets.js';
import { readSettings } from '../../../src/config/settings.js';
import { notPassed } from '../../../src/contract/verdict.js';
import type { Asked, Failed, Told } from './asked.js';

/**
 * A worker's writes of every kind on a state folder of its own, which this program mounts anew as it is asked to: it runs in
 * a mount namespace, and answers each line of JSON with one.
 */
const [settingsFile = '', repository = ''] = process.argv.slice(2);
const settings = readSettings(settingsFile, {});
const { state } = settings;
const bench: Workbench = {
  settings,
  secrets: readSecrets(settings, 'publish', {}),
  store: folderStore(path.join(state, 'store')),
  tools: '',
};
const subject = { package: 'demo-pkg', version: '0.2.0' };
const branch = 'release/0.2.0';

/** What a release has done so far. */
interface Done {
  commit?: string;
  config?: string;
  made?: string;
}

const logger = new DefaultLogger('ERROR');
const git = createGitActivities(bench, forges(bench));

/** Each kind of what a worker keeps, one after the other: mirror, its objects, checkout, tool's output, records. */
const writes: Readonly<Record<string, (done: Done) => Promise<unknown>>> = {
  async readBranch(done) {
    const verdict = await git.readBranch({ repository, branch: 'main', ...subject });
    if (verdict.passed)
      Object.assign(done, { commit: verdict.head.commit, config: verdict.head.config.digest });
    return verdict;
  },
  async ensureVersionCommit(done) {
    const { version } = subject;
    const verdict = await git.ensureVersionCommit({ source: sourceOf(done), version, subject, branch });
    if (verdict.passed) done.made = verdict.commit;
    return verdict;
  },
  runTool: (done) =>
    inWorkplace(bench, async (place) => {
      await openSource(bench, { ...sourceOf(done), commit: done.made ?? '' }, place.at('source'));
      const write = 'head -c 300000 /dev/zero > made && yes | head -c 200000';
      const { exitCode, log } = await runKept(bench, ['sh', '-c', write], {
        cwd: place.folder,
        env: place.env,
        timeoutSeconds: 60,
      });
      return exitCode === 0 ? { passed: true, log } : notPassed([{ title: 'the tool failed' }]);
    }),
  async keepRecord({ made }) {
    const record = await bench.store.put(JSON.stringify({ made, filler: 'x'.repeat(1_200_000) }));
    await bench.store.setName(`record/${subject.package}`, record);
    return { record };
  },
};

function sourceOf({ commit = '', config = '' }: Done) {
  return { repository, commit, config, version: subject.version };
}

async function release(): Promise<Told> {
  const done: Done = {};
  const told: unknown[] = [];
  for (const [name, write] of Object.entries(writes)) {
    const activities = { [name]: () => write(done) };
    const log = { info: () => undefined, warn: () => undefined };
    const { [name]: activity } = instrumented(activities, log, (body) => onState(state, body));
    try {
      told.push(await new MockActivityEnvironment({}, { logger }).run(activity ?? write, {}));
    } catch (error) {
      return { failed: { at: name, ...failureOf(error) }, unsound: await unsound() };
    }
  }
  return { told, unsound: await unsound() };
}

function failureOf(error: unknown): Omit<Failed, 'at'> {
  if (!(error instanceof ApplicationFailure))
    return { type: 'Error', nonRetryable: false, message: String(error) };
  const { type, nonRetryable, message } = error;
  return { type: type ?? '', nonRetryable: nonRetryable === true, message };
}

/** Everything in the state folder that could be taken for whole and is not, and that should be gone. */
async function unsound(): Promise<string[]> {
  const files = await readdir(state, { recursive: true, withFileTypes: true });
  const wrong = files
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const file = path.relative(state, path.join(parentPath, name));
      if (/^work\/|\.lock$|\.new$|^room-/.test(file)) return [`${file} is left over`];
      const bytes = await readFile(path.join(state, file));
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (file.startsWith('store/sha256/') && digest !== name) return [`${file} is not what it says`];
      if (file.startsWith('store/names/') && !(await bench.store.has(bytes.toString())))
        return [`${file} names what is not there`];
      return [];
    });
  return (await Promise.all(wrong)).flat();
}

async function mount({ options, empty }: Asked): Promise<void> {
  if (empty === true) {
    execFileSync('mount', ['-o', 'remount,rw,size=64m', state]);
    for (const name of await readdir(state)) await rm(path.join(state, name), { recursive: true });
    execFileSync('git', [
      '--git-dir',
      repository,
      'update-ref',
      'refs/heads/release/0.2.0',
      'refs/heads/main',
    ]);
    for (const ref of keptRefs()) execFileSync('git', ['--git-dir', repository, 'update-ref', '-d', ref]);
  }
  execFileSync('mount', ['-o', `remount,${options}`, state]);
}

function keptRefs(): string[] {
  const args = ['--git-dir', repository, 'for-each-ref', '--format=%(refname)', 'refs/slipway'];
  return execFileSync('git', args, { encoding: 'utf8' })
    .split('\n')
    .filter((ref) => ref !== '');
}

for await (const line of createInterface({ input: process.stdin })) {
  await mount(JSON.parse(line) as Asked);
  process.stdout.write(`${JSON.stringify(await release())}\n`);
}
