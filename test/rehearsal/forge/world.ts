import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods';
import { RequestError } from '@octokit/request-error';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { ForgeOptions, ForgeStandIn, RepositorySettings } from '../../../rehearsal/forge/contract.js';
import { startForge } from '../../../rehearsal/forge/stand-in.js';
import { checkGitHubShapes } from '../../github-api/shape.js';

const RestOctokit = Octokit.plugin(restEndpointMethods, paginateRest);

/** A real client whose every request and answer is held against GitHub's description. */
export type Client = InstanceType<typeof RestOctokit>;

export const repository = { owner: 'ada', repo: 'meant-it' };
export const fullName = 'ada/meant-it';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const appKey = { id: 4711, installation: 42, publicKey: keys.publicKey };

/** What the app's own program is configured with. */
export const appSecret = {
  appId: appKey.id,
  installationId: appKey.installation,
  privateKey: keys.privateKey,
};

/** Who is there: ada owns the repository, grace and linus may write, mallory is a stranger, slipway is an app. */
const accounts = [
  ...['ada', 'grace', 'linus', 'mallory'].map((login) => ({ login, token: `token-of-${login}` })),
  { login: 'slipway[bot]', token: 'token-of-slipway', app: appKey },
];

const permissions = { ada: 'admin', grace: 'write', linus: 'write', 'slipway[bot]': 'write' } as const;

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'forge-stand-in-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A forge that is closed after the test; its one repository has a first commit on main. */
export async function runningForge(
  settings: Partial<RepositorySettings> = {},
  options: Partial<ForgeOptions> = {},
): Promise<ForgeStandIn> {
  const forge = await startForge({
    accounts,
    repositories: [{ owner: 'ada', name: 'meant-it', permissions }],
    mergeabilityDelay: 0,
    folder: await temporaryFolder(),
    ...options,
  });
  onTestFinished(() => forge.close());
  if (options.folder === undefined) {
    await commitTo(forge, 'main', { 'README.md': 'meant it\n' });
    forge.configure(fullName, settings);
  }
  return forge;
}

/** A client of somebody's; without a login of nobody's. */
export function clientOf(forge: ForgeStandIn, login?: string): Client {
  const token = accounts.find((it) => it.login === login)?.token;
  const octokit = new RestOctokit({
    baseUrl: forge.apiUrl,
    ...(token === undefined ? {} : { auth: token }),
    log: { debug: () => undefined, info: () => undefined, warn: console.warn, error: () => undefined },
  });
  checkGitHubShapes(octokit);
  return octokit;
}

/** What git says when it is run as a person runs it. */
export interface Said {
  readonly code: number;
  readonly output: string;
}

/** Runs git with nobody's settings. */
export async function git(cwd: string, ...args: string[]): Promise<Said> {
  const { exitCode, all } = await execa('git', args, {
    cwd,
    all: true,
    reject: false,
    env: {
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
    },
  });
  return { code: exitCode ?? -1, output: all };
}

/** A clone of somebody's. */
export async function cloneOf(forge: ForgeStandIn, login = 'ada'): Promise<string> {
  const folder = await temporaryFolder();
  const { code, output } = await git(folder, 'clone', '--quiet', forge.cloneUrl(fullName, login), '.');
  if (code !== 0) throw new Error(output);
  return folder;
}

/** Commits files on a branch, from another one where it is new, and pushes it over HTTP; says the commit. */
export async function commitTo(
  forge: ForgeStandIn,
  branch: string,
  files: Readonly<Record<string, string>>,
  { from = 'main', by = 'ada', message = `Changes ${branch}` } = {},
): Promise<string> {
  const folder = await scratchOf(forge);
  const start = (await tipOf(forge, `refs/heads/${branch}`)) ?? (await tipOf(forge, from));
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const script = [
    `commit refs/scratch\nmark :1\ncommitter Ada <ada@example.org> ${Math.floor(Date.now() / 1000)} +0000\n`,
    data(message),
    start === undefined ? '' : `from ${start}\n`,
    ...Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`),
    '\nget-mark :1\n',
  ];
  const { stdout } = await execa('git', ['fast-import', '--quiet', '--force'], {
    cwd: folder,
    input: script.join(''),
  });
  const pushed = await git(
    folder,
    'push',
    '--quiet',
    forge.cloneUrl(fullName, by),
    `${stdout}:refs/heads/${branch}`,
  );
  if (pushed.code !== 0) throw new Error(pushed.output);
  return stdout;
}

const scratches = new WeakMap<ForgeStandIn, Promise<string>>();

/** A repository to make commits in, which sees all that the forge's has. */
function scratchOf(forge: ForgeStandIn): Promise<string> {
  const known = scratches.get(forge) ?? makeScratch(forge);
  scratches.set(forge, known);
  return known;
}

async function makeScratch(forge: ForgeStandIn): Promise<string> {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '--bare');
  const objects = path.join(forge.gitFolder(fullName), 'objects');
  await writeFile(path.join(folder, 'objects', 'info', 'alternates'), `${objects}\n`);
  return folder;
}

const change: Readonly<Record<string, string>> = { 'change.txt': 'one\n' };

/** A pull request of a new branch into main, opened by its committer. */
export async function openPull(
  forge: ForgeStandIn,
  { branch = 'release/1.0.0', by = 'ada', files = change } = {},
): Promise<{ number: number; head: string; branch: string }> {
  const head = await commitTo(forge, branch, files, { by });
  const { data } = await clientOf(forge, by).rest.pulls.create({
    ...repository,
    title: `Release of ${branch}`,
    head: branch,
    base: 'main',
  });
  return { number: data.number, head, branch };
}

/** The refusal of a request that must be refused. */
export async function refusalOf(asking: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await asking;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { status, response } = error;
    const { message, errors }: { message?: string; errors?: unknown[] } = response?.data ?? {};
    const more = errors === undefined ? '' : `: ${errors.map((it) => JSON.stringify(it)).join(', ')}`;
    return { status, message: `${message ?? ''}${more}` };
  }
  throw new Error('This was not refused.');
}

/** Where a ref is, by git's own word. */
export async function tipOf(forge: ForgeStandIn, branch: string): Promise<string | undefined> {
  const { code, output } = await git(forge.gitFolder(fullName), 'rev-parse', '--verify', '--quiet', branch);
  return code === 0 ? output.trim() : undefined;
}

/** The kinds of changes in the journal, in their order. */
export function changesOf(forge: ForgeStandIn): string[] {
  return forge.journal().flatMap((entry) => (entry.kind === 'change' ? [entry.change.type] : []));
}

/** Approves a pull request's head as somebody. */
export async function approve(forge: ForgeStandIn, number: number, login: string): Promise<number> {
  const review = { ...repository, pull_number: number, event: 'APPROVE' } as const;
  return Number((await clientOf(forge, login).rest.pulls.createReview(review)).data.id);
}

/** Sets a commit status. */
export async function report(
  forge: ForgeStandIn,
  sha: string,
  context: string,
  state: 'pending' | 'success' | 'failure',
): Promise<void> {
  await clientOf(forge, 'grace').rest.repos.createCommitStatus({ ...repository, sha, context, state });
}
