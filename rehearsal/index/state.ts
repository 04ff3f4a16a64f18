import type { Provenance } from './attestations.js';
import { normalizeName, releaseKey } from './names.js';

/** The fields of an upload form by name, each with all its values. */
export type FormFields = Readonly<Record<string, readonly string[]>>;

/** A file as it was uploaded. */
export interface StoredFile {
  readonly filename: string;
  readonly packagetype: 'sdist' | 'bdist_wheel';
  readonly pythonVersion: string;
  /** In bytes. */
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly blake2b256: string;
  /** Digest of the core metadata that is served beside a wheel. */
  readonly metadataSha256?: string | undefined;
  readonly provenance?: Provenance | undefined;
}

/** Everything that can change what the index holds. */
export type Change =
  | {
      readonly type: 'file-stored';
      /** The project's name as the upload spelled it. */
      readonly project: string;
      readonly version: string;
      readonly file: StoredFile;
      /** The release's metadata, with its first file. */
      readonly metadata?: FormFields | undefined;
    }
  | {
      readonly type: 'file-deleted';
      readonly project: string;
      readonly version: string;
      readonly filename: string;
    }
  | {
      readonly type: 'release-yanked';
      readonly project: string;
      readonly version: string;
      readonly reason: string;
    }
  | { readonly type: 'release-unyanked'; readonly project: string; readonly version: string }
  | { readonly type: 'release-quarantined'; readonly project: string; readonly version: string };

/** A release and its files; `created` and `uploaded` are ISO 8601 in UTC. */
export interface Release {
  readonly version: string;
  readonly created: string;
  readonly metadata: FormFields;
  readonly files: (StoredFile & { readonly uploaded: string })[];
  /** The reason, or `true` when none was given. */
  yanked: false | true | string;
  /** Its files are kept and not served. */
  quarantined: boolean;
}

/** A project and its releases by release key. */
export interface Project {
  readonly name: string;
  spelling: string;
  serial: number;
  readonly releases: Map<string, Release>;
}

/** What the index holds after some changes. */
export class IndexState {
  readonly projects = new Map<string, Project>();
  /** Counts changes; a project's serial is that of its latest one. */
  serial = 0;
  readonly #usedFilenames = new Set<string>();

  /** Makes one change, which must fit this state. */
  apply(change: Change, at: string): void {
    this.serial += 1;
    const project = this.#ensureProject(change.project);
    project.serial = this.serial;
    if (change.type === 'file-stored') return this.#store(project, change, at);
    const release = project.releases.get(releaseKey(change.version));
    if (release === undefined) return;
    if (change.type === 'release-yanked') release.yanked = change.reason || true;
    else if (change.type === 'release-unyanked') release.yanked = false;
    else if (change.type === 'release-quarantined') release.quarantined = true;
    else {
      const index = release.files.findIndex((file) => file.filename === change.filename);
      if (index >= 0) release.files.splice(index, 1);
    }
  }

  /** The project of that name in any spelling. */
  project(name: string): Project | undefined {
    return this.projects.get(normalizeName(name));
  }

  /** The release of that version in any spelling. */
  release(project: string, version: string): Release | undefined {
    return this.project(project)?.releases.get(releaseKey(version));
  }

  /** The files that have not been deleted, of all projects. */
  *files(): Generator<StoredFile> {
    for (const project of this.projects.values()) {
      for (const release of project.releases.values()) yield* release.files;
    }
  }

  /** Whether a file of that name was ever stored, deleted or not. */
  wasUsed(filename: string): boolean {
    return this.#usedFilenames.has(filename);
  }

  #ensureProject(spelling: string): Project {
    const name = normalizeName(spelling);
    const project = this.projects.get(name) ?? {
      name,
      spelling,
      serial: 0,
      releases: new Map<string, Release>(),
    };
    this.projects.set(name, project);
    return project;
  }

  #store(project: Project, change: Extract<Change, { type: 'file-stored' }>, at: string): void {
    project.spelling = change.project;
    const key = releaseKey(change.version);
    const release = project.releases.get(key) ?? {
      version: change.version,
      created: at,
      metadata: change.metadata ?? {},
      files: [],
      yanked: false,
      quarantined: false,
    };
    project.releases.set(key, release);
    release.files.push({ ...change.file, uploaded: at });
    this.#usedFilenames.add(change.file.filename);
  }
}
