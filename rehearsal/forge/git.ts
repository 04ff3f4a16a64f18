import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

/** A name and an address, as git writes them. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** What git says of a commit; dates are ISO 8601. */
export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity & { readonly date: string };
  readonly committer: Identity & { readonly date: string };
  readonly message: string;
}

/** A line of a tree. */
export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly path: string;
  readonly size?: number;
}

/** A commit that is to be made. */
export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Identity & { readonly date?: string };
  readonly committer: Identity;
}

/** Settings of git that no user's own files may change. */
export const gitEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

const settings = `[core]
\trepositoryformatversion = 0
\tbare = true
\tlogAllRefUpdates = always
[http]
\treceivepack = true
[receive]
\tautogc = false
\tdenyDeleteCurrent = refuse
\thideRefs = refs/pull
[uploadpack]
\tallowAnySHA1InWant = true
`;

/** A real bare repository. */
export class BareRepository {
  constructor(readonly folder: string) {}

  /** Makes the repository with its settings when it is not there, and its hook as it shall be. */
  async ensure(defaultBranch: string, updateHook: string): Promise<void> {
    if (!existsSync(path.join(this.folder, 'HEAD'))) {
      await mkdir(path.dirname(this.folder), { recursive: true });
      await this.#git(['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, this.folder], {
        cwd: path.dirname(this.folder),
      });
      await writeFile(path.join(this.folder, 'config'), settings);
    }
    const hook = path.join(this.folder, 'hooks', 'update');
    await mkdir(path.dirname(hook), { recursive: true });
    await writeFile(hook, updateHook);
    await chmod(hook, 0o755);
  }

  /** The commit of a revision, or undefined. */
  async commitOf(revision: string): Promise<string | undefined> {
    const found = await this.#try(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
    return found?.trim();
  }

  /** The object that a ref names, or undefined. */
  async refTarget(ref: string): Promise<{ sha: string; type: string } | undefined> {
    return (await this.refs(ref)).find((it) => it.ref === ref);
  }

  /** The refs with that name or below it. */
  async refs(prefix: string): Promise<{ ref: string; sha: string; type: string }[]> {
    const format = '%(refname) %(objectname) %(objecttype)';
    const out = await this.run('for-each-ref', `--format=${format}`, prefix);
    return lines(out).map((line) => {
      const [ref = '', sha = '', type = ''] = line.split(' ');
      return { ref, sha, type };
    });
  }

  /** Moves a ref by compare-and-swap; null is "not there". Says whether it did. */
  async updateRef(ref: string, to: string | null, from: string | null): Promise<boolean> {
    const none = '0'.repeat(40);
    return (await this.#try(['update-ref', ref, to ?? none, from ?? none])) !== undefined;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return (await this.#try(['merge-base', '--is-ancestor', ancestor, descendant])) !== undefined;
  }

  /** The tree of a merge of two commits, or undefined where they conflict. */
  async mergedTree(ours: string, theirs: string): Promise<string | undefined> {
    const tree = await this.#try(['merge-tree', '--write-tree', '--allow-unrelated-histories', ours, theirs]);
    return tree?.split('\n', 1)[0];
  }

  /** Makes a commit that no ref names yet. */
  async makeCommit({ tree, parents, message, author, committer }: NewCommit): Promise<string> {
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
    const env = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      ...(author.date === undefined ? {} : { GIT_AUTHOR_DATE: author.date }),
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
    };
    const { stdout } = await this.#git(args, { env, input: message });
    return stdout.trim();
  }

  /** The commits that are in `head` and not in `base`, oldest first. */
  async commitsBetween(base: string, head: string): Promise<string[]> {
    return lines(await this.run('rev-list', '--reverse', '--topo-order', `${base}..${head}`));
  }

  /** What a tree holds, or undefined where it is none; sizes are in bytes and only of files. */
  async list(tree: string, recursive: boolean): Promise<{ sha: string; entries: TreeEntry[] } | undefined> {
    const named = (await this.#try(['rev-parse', '--verify', '--quiet', tree]))?.trim();
    // After a path nothing more can be said, so the object is asked whether it is a tree.
    const sha = named && (await this.#try(['rev-parse', '--verify', '--quiet', `${named}^{tree}`]))?.trim();
    if (sha === undefined) return undefined;
    const out = await this.run('ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), sha);
    const entries = out
      .split('\0')
      .filter((line) => line !== '')
      .map((line) => {
        const [about = '', path = ''] = line.split('\t', 2);
        const [mode = '', type = '', object = '', size = ''] = about.split(/ +/);
        return { mode, type, sha: object, path, ...(size === '-' ? {} : { size: Number(size) }) };
      });
    return { sha, entries };
  }

  /** The text of a file at a commit, or undefined. */
  async textOf(commit: string, path: string): Promise<string | undefined> {
    return this.#try(['cat-file', 'blob', `${commit}:${path}`]);
  }

  async commitFacts(sha: string): Promise<CommitFacts> {
    const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');
    const out = await this.run('show', '--no-patch', `--format=${format}`, sha);
    const fields = out.split('\0');
    const field = (index: number) => fields[index] ?? '';
    const person = (from: number) => ({ name: field(from), email: field(from + 1), date: field(from + 2) });
    return {
      sha: field(0),
      tree: field(1),
      parents: field(2)
        .split(' ')
        .filter((it) => it !== ''),
      author: person(3),
      committer: person(6),
      message: field(9).trimEnd(),
    };
  }

  /** Runs git here and throws where it fails. */
  async run(...args: string[]): Promise<string> {
    return (await this.#git(args)).stdout;
  }

  /** What git prints, or undefined where it says no. */
  async #try(args: readonly string[]): Promise<string | undefined> {
    const { stdout, exitCode } = await this.#git(args, { reject: false });
    return exitCode === 0 ? stdout : undefined;
  }

  async #git(
    args: readonly string[],
    options: { cwd?: string; env?: Record<string, string>; input?: string; reject?: boolean } = {},
  ): Promise<{ stdout: string; exitCode?: number }> {
    const { cwd = this.folder, env, input = '', reject = true } = options;
    return execa('git', args, {
      cwd,
      env: { ...gitEnvironment, ...env },
      input,
      reject,
      stripFinalNewline: false,
    });
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
