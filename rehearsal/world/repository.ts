import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { execa } from 'execa';

import { ConfigurationError } from '../../src/config/problems.js';

/** A bare git repository that stands in for the forge, and what the people around it do with it. */
export interface Remote {
  /** Its bare folder, from which everything can be read. */
  readonly folder: string;
  /** Where people clone from and push to: the folder itself, or where a forge serves it. */
  readonly address: string;
  /** Commits what `edit` makes of a branch's tree, as a person would, and pushes it; returns the commit. */
  commit(
    branch: string,
    from: string,
    message: string,
    edit: (folder: string) => Promise<void>,
  ): Promise<string>;
  tag(name: string, commit: string): Promise<void>;
  branch(name: string, from: string): Promise<void>;
  /** A file at a ref, or undefined. */
  read(ref: string, file: string): Promise<string | undefined>;
  /** The commit of a ref, or undefined. */
  head(ref: string): Promise<string | undefined>;
  /** The files of a commit as `git ls-tree` names them, to compare trees. */
  tree(ref: string): Promise<string>;
}

const person = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Makes an empty bare repository whose branch is main. */
export async function emptyRemote(address: string): Promise<Remote> {
  await mkdir(path.dirname(address), { recursive: true });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', address]);
  await git(['-C', address, 'config', 'core.logAllRefUpdates', 'always']);
  return remoteAt(address, address);
}

/** Copies any repository, given by path or address, into a bare one of our own, so that nothing is written to where it came from. */
export async function copiedRemote(source: string, address: string): Promise<Remote> {
  await mkdir(path.dirname(address), { recursive: true });
  const cloned = await git(['clone', '--quiet', '--bare', '--no-local', '--', source, address], false);
  if (cloned.exitCode !== 0)
    throw new ConfigurationError([`${source} cannot be cloned (${cloned.stderr.trim()})`], {
      remedy: 'name a git repository by its path or its address',
    });
  await git(['-C', address, 'remote', 'remove', 'origin']);
  await git(['-C', address, 'config', 'core.logAllRefUpdates', 'always']);
  return remoteAt(address, address);
}

/** Brings every branch and tag of a repository to a forge, as its owner would, and has people work there from then on. */
export async function moveTo(forge: { folder: string; address: string }, source: string): Promise<Remote> {
  const refs = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'];
  await git(['-C', source, 'push', '--quiet', forge.address, ...refs]);
  return remoteAt(forge.folder, forge.address);
}

/** The repository in a bare folder, served at an address. */
export function remoteAt(folder: string, address: string): Remote {
  const inRemote = (args: readonly string[], strict = true) => git(['-C', folder, ...args], strict);
  const head = async (ref: string) => {
    const { stdout, exitCode } = await inRemote(
      ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`],
      false,
    );
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  return {
    folder,
    address,
    head,
    commit: async (branch, from, message, edit) =>
      commitAsPerson({ address, branch, from: await head(from), message, edit }),
    async tag(name, commit) {
      await inRemote(['tag', name, commit]);
    },
    async branch(name, from) {
      await inRemote(['branch', name, from]);
    },
    async read(ref, file) {
      const { stdout, exitCode } = await inRemote(['show', `${ref}:${file}`], false);
      return exitCode === 0 ? stdout : undefined;
    },
    async tree(ref) {
      return (await inRemote(['ls-tree', '-r', ref])).stdout;
    },
  };
}

interface PersonsCommit {
  readonly address: string;
  readonly branch: string;
  /** The commit to start from; undefined for the first one of a repository. */
  readonly from: string | undefined;
  readonly message: string;
  readonly edit: (folder: string) => Promise<void>;
}

async function commitAsPerson({ address, branch, from, message, edit }: PersonsCommit): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-person-'));
  const here = (...args: string[]) => git(['-C', folder, ...args]);
  try {
    await git(['clone', '--quiet', '--', address, folder]);
    await here('checkout', '--quiet', ...(from === undefined ? ['--orphan', branch] : ['-B', branch, from]));
    await edit(folder);
    await here('add', '--all');
    await here('commit', '--quiet', '--message', message);
    await here('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    return (await here('rev-parse', 'HEAD')).stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function git(
  args: readonly string[],
  strict = true,
): Promise<{ stdout: string; stderr: string; exitCode?: number }> {
  return execa('git', args, { env: person, reject: strict });
}
