import type { Sdist } from './sdist.js';

/** Something that people do to the files of a package. */
export interface Edit {
  readonly what: string;
  readonly edit: (folder: string) => Promise<void>;
}

/** A release of a real package that is rehearsed, and what is to come of it. */
export interface RealPackage {
  /** The project's name, with a word more where there are several releases of it. */
  readonly name: string;
  readonly sdist: Sdist;
  /** The version that is released. */
  readonly release: string;
  /** The branch that it is released into; main by default. */
  readonly base?: string;
  readonly builtBy: 'flit' | 'hatchling' | 'poetry-core' | 'setuptools';
  readonly versionIn: 'git tag' | 'module' | 'pyproject' | 'setup.cfg' | 'two files';
  /** What else there is to it, in few words. */
  readonly shape: string;
  /** What its people write for Slipway, at the end of its pyproject.toml. */
  readonly writes?: string;
  /** What else is changed in the folder before the release. */
  readonly changes?: readonly Edit[];
  /** What is pushed when findings come. */
  readonly fix?: Edit;
  /** What is said where it is not released. */
  readonly stoppedBy?: RegExp;
}
