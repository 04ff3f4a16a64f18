import { createHash } from 'node:crypto';

import type { IndexedFile } from '../../../src/contract/activities.js';
import type { Manifest, Sha } from '../../../src/contract/release.js';
import type { Effect, FileEffect, ListedFile } from '../observation.js';
import type { Agenda } from './agenda.js';

/** A file on a modelled index. */
interface Stored {
  readonly version: string;
  readonly filename: string;
  readonly sha256: string;
  yanked: boolean | string;
}

export type IndexName = 'test' | 'production';

/** git and two indexes as a model, with the record that they keep themselves of every change. */
export class Outside {
  readonly effects: Effect[] = [];
  readonly refs = new Map<string, Sha>();
  readonly foreign: { ref: string; commit: Sha }[] = [];
  readonly #parents = new Map<Sha, readonly Sha[]>();
  readonly #files: Record<IndexName, Stored[]> = { test: [], production: [] };
  readonly #kept = new Map<string, Manifest>();
  #builds = 0;
  #asides = 0;

  constructor(
    readonly agenda: Agenda,
    readonly branch: string,
  ) {
    this.refs.set('refs/heads/main', this.commit('main'));
    this.refs.set(`refs/heads/${branch}`, this.commit('work', this.at('main')));
  }

  /** Where a branch stands; the empty text where it is gone. */
  at(branch: string): Sha {
    return this.refs.get(`refs/heads/${branch}`) ?? '';
  }

  /** Makes a commit, the same one for the same words and parents. */
  commit(words: string, ...parents: Sha[]): Sha {
    const commit = createHash('sha1')
      .update([words, ...parents].join(' '))
      .digest('hex');
    this.#parents.set(commit, parents);
    return commit;
  }

  /** Whether a commit holds another one. */
  holds(commit: Sha, other: Sha): boolean {
    const seen = new Set([commit]);
    for (const one of seen) for (const parent of this.#parents.get(one) ?? []) seen.add(parent);
    return seen.has(other);
  }

  /** Moves a ref, whatever stands there. */
  move(ref: string, to: Sha | undefined, by: { readonly key?: string; readonly foreign?: true } = {}): void {
    const from = this.refs.get(ref);
    if (to === undefined) this.refs.delete(ref);
    else this.refs.set(ref, to);
    const isForward = from === undefined || to === undefined || this.holds(to, from);
    const moved = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    this.effects.push({ kind: 'ref', ref, ...moved, fastForward: isForward, ...by, at: this.agenda.iso });
  }

  /** Somebody else pushes a commit. */
  push(branch: string, words: string): void {
    const ref = `refs/heads/${branch}`;
    if (!this.refs.has(ref)) return;
    const commit = this.commit(words, this.at(branch));
    this.move(ref, commit, { foreign: true });
    this.foreign.push({ ref, commit });
  }

  /** Somebody else moves what stands on top of a commit to another branch. */
  putAside(branch: string, commit: Sha): void {
    const ref = `refs/heads/${branch}`;
    const there = this.at(branch);
    if (there === commit || there === '' || !this.holds(there, commit)) return;
    const aside = `${ref}-aside-${String((this.#asides += 1))}`;
    this.move(aside, there, { foreign: true });
    this.move(ref, commit, { foreign: true });
    for (const pushed of this.foreign) if (pushed.ref === ref) pushed.ref = aside;
  }

  /** The artifact store: what was built once from a commit is taken again; what is built anew has other bytes. */
  build(name: string, version: string, commit: Sha, isAnew = false): Manifest {
    const key = `${version} ${commit}`;
    const kept = isAnew ? undefined : this.#kept.get(key);
    if (kept !== undefined) return kept;
    this.#builds += 1;
    const files = [`${name}-${version}-py3-none-any.whl`, `${name}-${version}.tar.gz`].map(
      (filename, at) => ({
        filename,
        sha256: createHash('sha256')
          .update(`${filename} ${commit} ${String(this.#builds)}`)
          .digest('hex'),
        size: 1,
        kind: at === 0 ? ('wheel' as const) : ('sdist' as const),
      }),
    );
    const manifest: Manifest = { package: name, version, commit, toolchain: 't'.repeat(64), files };
    this.#kept.set(key, manifest);
    return manifest;
  }

  /** What an index lists of a version. */
  listed(index: IndexName, version: string): IndexedFile[] {
    return this.#files[index].filter((file) => file.version === version);
  }

  /** Everything that an index lists. */
  all(index: IndexName): ListedFile[] {
    return this.#files[index].map((file) => ({ ...file, yanked: file.yanked !== false }));
  }

  /** Stores a file, also over one that is there: an index that would refuse it is looked at first. */
  store(
    index: IndexName,
    version: string,
    file: { filename: string; sha256: string },
    begunAt: string,
  ): void {
    const { filename, sha256 } = file;
    const files = this.#files[index];
    const there = files.findIndex((other) => other.filename === filename);
    files.splice(there === -1 ? files.length : there, there === -1 ? 0 : 1, {
      version,
      filename,
      sha256,
      yanked: false,
    });
    this.effects.push({ kind: 'stored', index, version, filename, sha256, begunAt, at: this.agenda.iso });
  }

  /** Yanks a file of the production index, or takes that back, if it is not so already. */
  yank(filename: string, yanked: false | string, foreign?: true): void {
    const file = this.#files.production.find((other) => other.filename === filename);
    if (file === undefined || (file.yanked !== false) === (yanked !== false)) return;
    file.yanked = yanked;
    const kind: FileEffect['kind'] = yanked === false ? 'un-yanked' : 'yanked';
    const { version, sha256 } = file;
    this.effects.push({
      ...{ kind, index: 'production', version, filename, sha256, at: this.agenda.iso },
      ...(foreign === undefined ? {} : { foreign }),
    });
  }
}
