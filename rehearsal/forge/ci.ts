import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';

import { run, type Command } from '../../src/activities/support/run.js';
import type { Change } from './changes.js';
import type { ForgeStandIn } from './contract.js';
import type { ForgeEntry } from './journal.js';
import { Reporter, type Outcome } from './ci-reporter.js';

/** How a check is to come out: as its command does, or otherwise; a missing one is never heard of. */
export type CheckBehaviour = 'run' | 'fail' | 'skip' | 'hang' | 'missing';

/** A check of every head. */
export interface CiCheck {
  readonly name: string;
  /** Runs in a checkout of the commit; its exit code decides. */
  readonly command: Command;
  /** Default: a check run. A status cannot be skipped. */
  readonly as?: 'check-run' | 'status';
}

/** What a stand-in of a CI service is started with. */
export interface CiOptions {
  readonly forge: ForgeStandIn;
  /** As `owner/name`. */
  readonly repository: string;
  /** Who reports: an app, where there are check runs. */
  readonly login: string;
  readonly token: string;
  readonly checks: readonly CiCheck[];
  /** What makes a commit's checks run, each commit's once; default: pull requests. */
  readonly on?: readonly ('push' | 'pull-request')[];
  /** Logins whose pushes and pull requests start nothing, as those of a workflow's own token do not on GitHub. */
  readonly deafTo?: readonly string[];
  /** Where checkouts are made. */
  readonly folder: string;
  /** The environment of the commands; default: the search path alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: 600. */
  readonly timeoutSeconds?: number;
}

/** A running stand-in of a CI service. */
export interface CiStandIn {
  /** How a check comes out from now on. */
  behave(check: string, behaviour: CheckBehaviour): void;
  /** Resolves when nothing is left to run; hanging checks are left alone. */
  idle(): Promise<void>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** Starts a stand-in of a CI service that hears of a forge's heads and reports to its API, as a real one does. */
export function startCi(options: CiOptions): CiStandIn {
  const { forge, login } = options;
  const stopping = new AbortController();
  const reporter = new Reporter(
    `${forge.apiUrl}/repos/${options.repository}`,
    options.token,
    stopping.signal,
  );
  const behaviours = new Map<string, CheckBehaviour>();
  const seen = new Set<string>();
  let work: Promise<void> = Promise.resolve();
  const stopListening = forge.onEntry((entry) => {
    const head = headOf(options, entry);
    if (head === undefined || seen.has(head)) return;
    seen.add(head);
    const job = { options, reporter, behaviours, head, signal: stopping.signal };
    work = work
      .then(() => checkCommit(job))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) console.error(`The CI stand-in of ${login} failed: ${String(error)}`);
      });
  });
  return {
    behave: (check, behaviour) => void behaviours.set(check, behaviour),
    idle: () => work,
    async close() {
      stopListening();
      stopping.abort();
      await work;
    },
  };
}

/** The commit that an event is about, where it starts checks. */
function headOf(options: CiOptions, entry: ForgeEntry): string | undefined {
  if (entry.kind !== 'change' || entry.repository !== options.repository) return undefined;
  const { on = ['pull-request'], deafTo = [] } = options;
  const news = newsOf(entry.change);
  return news !== undefined && on.includes(news.on) && !deafTo.includes(news.by) ? news.head : undefined;
}

function newsOf(change: Change): { on: 'push' | 'pull-request'; head: string; by: string } | undefined {
  if (change.type === 'pull-opened') return { on: 'pull-request', head: change.head.sha, by: change.by };
  if (change.type === 'pull-synchronized') return { on: 'pull-request', head: change.head, by: change.by };
  if (change.type !== 'ref-updated' || change.to === null || !change.ref.startsWith('refs/heads/'))
    return undefined;
  return { on: 'push', head: change.to, by: change.by };
}

interface Job {
  readonly options: CiOptions;
  readonly reporter: Reporter;
  readonly behaviours: ReadonlyMap<string, CheckBehaviour>;
  readonly head: string;
  readonly signal: AbortSignal;
}

async function checkCommit({ options, reporter, behaviours, head, signal }: Job): Promise<void> {
  const behaviour = ({ name }: CiCheck) => behaviours.get(name) ?? 'run';
  const wanted = options.checks.filter((check) => behaviour(check) !== 'missing');
  const begun = await Promise.all(
    wanted.map(async (check) => ({ check, report: await reporter.begin(check, head) })),
  );
  const folder = await mkdtemp(path.join(options.folder, 'ci-'));
  try {
    await checkOut(options, head, folder, signal);
    for (const { check, report } of begun) {
      const outcome = await outcomeOf(options, check, behaviour(check), folder, signal);
      if (outcome !== undefined) await report(outcome);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkOut(
  { forge, repository }: CiOptions,
  head: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const env = { ...searchPath(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const commands: Command[] = [
    ['git', 'clone', '--quiet', '--no-checkout', '--', forge.gitFolder(repository), folder],
    ['git', 'checkout', '--quiet', '--detach', head],
  ];
  for (const command of commands) {
    const { exitCode, output } = await run(command, { cwd: folder, env, timeoutSeconds: 120, signal });
    if (exitCode !== 0) throw new Error(`${command.join(' ')} failed: ${output}`);
  }
}

/** How a check came out; undefined while it hangs. */
async function outcomeOf(
  { env = searchPath(), timeoutSeconds = 600 }: CiOptions,
  check: CiCheck,
  behaviour: CheckBehaviour,
  cwd: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  if (behaviour === 'hang') return undefined;
  if (behaviour === 'skip') return { conclusion: 'skipped', output: 'The check was told to be skipped.' };
  if (behaviour === 'fail') return { conclusion: 'failure', output: 'The check was told to fail.' };
  const { exitCode, timedOut, output } = await run(check.command, { cwd, env, timeoutSeconds, signal });
  if (timedOut) return { conclusion: 'timed_out', output };
  return { conclusion: exitCode === 0 ? 'success' : 'failure', output };
}

function searchPath(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '' };
}
