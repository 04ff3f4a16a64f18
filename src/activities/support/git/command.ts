import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { repositoryForms, repositoryProtocol } from '../../../config/repository.js';
import { failure } from '../../../contract/failures.js';
import { basic } from '../network.js';
import { repositoryCredentials } from './credentials.js';
import { run, type RunResult } from '../run.js';
import { toolEnvironment, type Workbench } from '../workbench.js';

/** What a git command works on. */
export interface GitContext {
  readonly bench: Workbench;
  /** The address of the one repository that git may speak to. */
  readonly address: string;
}

/** How one git command is run. */
export interface GitOptions {
  /** The git directory; without one the command needs none. */
  readonly gitDir?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The most that it may take; what speaks to the repository has no more than the settings grant it. */
  readonly timeoutSeconds?: number;
}

/** Settings that no repository can turn off: nothing of what it holds is run, and one protocol is spoken. */
function hardening(address: string): string[] {
  const settings = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.attributesFile=/dev/null',
    'core.autocrlf=false',
    'credential.helper=',
    'safe.bareRepository=explicit',
    'submodule.recurse=false',
    'gc.auto=0',
    'maintenance.auto=false',
    'advice.detachedHead=false',
    'protocol.allow=never',
    `protocol.${protocolOf(address)}.allow=always`,
  ];
  return settings.flatMap((setting) => ['-c', setting]);
}

function protocolOf(address: string): string {
  const protocol = repositoryProtocol(address);
  if (protocol !== undefined) return protocol;
  throw failure('refused', {
    now: `${JSON.stringify(address)} is given as the address of a git repository.`,
    not: 'git is not started with it.',
    next: `The address ${repositoryForms}.`,
  });
}

/** The commands that speak to the repository, and may have to wait for it. */
const speaking = ['fetch', 'ls-remote', 'push'];

/** How long such a command may take where the settings do not say, in seconds. */
const usualLimit = 600;

/** Runs one git command; its "no" is a result. This is the only place that starts git. */
export async function git(
  { bench, address }: GitContext,
  args: readonly string[],
  { gitDir, cwd, env, timeoutSeconds }: GitOptions = {},
): Promise<RunResult> {
  const home = path.join(bench.settings.state, 'git', 'home');
  await mkdir(home, { recursive: true });
  const place = gitDir === undefined ? [] : [`--git-dir=${gitDir}`];
  return run(['git', ...hardening(address), ...place, ...args], {
    cwd: cwd ?? home,
    env: { ...gitEnvironment(bench, home), ...(await credentialsFor({ bench, address }, args)), ...env },
    timeoutSeconds: limitFor(bench, args, timeoutSeconds),
  });
}

function limitFor({ settings }: Workbench, [command = '']: readonly string[], own?: number): number {
  if (!speaking.includes(command)) return own ?? 120;
  return Math.min(own ?? Infinity, settings.network.gitLimitSeconds ?? usualLimit);
}

/** The variables that let git in over https, for the commands that speak to the repository and for its address alone. */
async function credentialsFor(
  { bench, address }: GitContext,
  [command = '']: readonly string[],
): Promise<Record<string, string>> {
  if (!speaking.includes(command)) return {};
  const credentials = await repositoryCredentials(bench, address);
  if (credentials === undefined) return {};
  const settings = [
    [`http.${address}.extraHeader`, `Authorization: ${basic(credentials)}`],
    // Nobody can send the service, and what it may show, elsewhere.
    ['http.followRedirects', 'false'],
  ] as const;
  const entries = settings.flatMap(([key, value], at): [string, string][] => [
    [`GIT_CONFIG_KEY_${String(at)}`, key],
    [`GIT_CONFIG_VALUE_${String(at)}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) };
}

function gitEnvironment(bench: Workbench, home: string): Record<string, string> {
  const agent = process.env.SSH_AUTH_SOCK;
  return {
    ...toolEnvironment(bench, home),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }),
  };
}

const deniedForms = [
  /authentication failed|permission denied|host key verification failed/i,
  /could not read (username|password)/i,
  /requested url returned error: (401|403|404)/i,
  /repository ('.*' )?not found/i,
  /does not appear to be a git repository|dubious ownership/i,
];

/** The error of a command that could not reach the repository: an operator failure where people have to mend something. */
export function unreachable(address: string, result: RunResult): Error {
  const said = tail(result);
  if (!deniedForms.some((form) => form.test(result.output)))
    return new Error(`git could not reach ${address}${result.timedOut ? ' in time' : ''}: ${said}`);
  return failure('operator', {
    now: `git is not let in at ${address}: ${said}`,
    not: 'Nothing was read or changed there.',
    next: 'Mend the address or the credentials of the worker (ssh key or agent; for https the secret that the settings name, with which the worker has to be started again), then send `retry`.',
  });
}

/** The last lines of what a command said. */
export function tail(result: RunResult): string {
  return result.output.trim().split('\n').slice(-4).join(' | ').slice(-500);
}
