import type { AccessEntry } from './journal.js';
import type { Rule } from './faults.js';

/** An upload token of the stand-in and the projects (in any spelling) that it may upload to. */
export interface Token {
  readonly token: string;
  readonly projects: '*' | readonly string[];
  /** Who has it for a quarter of an hour; undefined for one that never ends. */
  readonly publisher?: TrustedPublisher;
}

/** Who may upload to a project without a token: a workflow, in an environment, as its forge's identity tokens say. */
export interface TrustedPublisher {
  readonly project: string;
  /** As `owner/name`. */
  readonly repository: string;
  /** The name of its file. */
  readonly workflow: string;
  readonly environment: string;
}

/** Whose identity tokens count. */
export interface Trust {
  readonly issuer: string;
  /** RSA, in PEM. */
  readonly publicKey: string;
  readonly publishers: readonly TrustedPublisher[];
}

/** Somebody who can log in to the owner's pages. */
export interface Account {
  readonly user: string;
  readonly password: string;
  /** The seed of the codes, in base32; an account without one has only a passkey. */
  readonly seed?: string;
  /** The projects of which it is an owner; a maintainer, who can only upload, needs no mention. */
  readonly owns?: readonly string[];
  /** Addresses from which logins were confirmed before; from every other one a mail has to be answered. */
  readonly knownAddresses?: readonly string[];
}

/** The owner's pages. */
export interface WebPages {
  readonly accounts: readonly Account[];
  /** Names of boxes that stand in a yank form beside PyPI's own inputs and have to be ticked. */
  readonly boxes?: readonly string[];
}

/** A mail that the index has sent. */
export interface Mail {
  /** The user. */
  readonly to: string;
  readonly subject: string;
  readonly link: string;
}

/** What a stand-in of a package index is started with. */
export interface IndexOptions {
  /** Where everything is kept; it survives a restart and belongs to one process at a time. */
  readonly folder: string;
  readonly tokens: readonly Token[];
  /** Without it there are no trusted publishers. */
  readonly trust?: Trust | undefined;
  /**
   * The bearer secret of `/stand-in/yank` and `/stand-in/unyank`, and the password of the user `owner` for `/yank/`; without
   * it nobody can yank over HTTP.
   */
  readonly owner?: string;
  /** Without it there are no owner's pages. */
  readonly web?: WebPages;
  /** Where names that this index does not hold are read from, and the folder that keeps what was read. */
  readonly upstream?: UpstreamOptions;
  /** Names that are never read from upstream, not even before their first upload. */
  readonly own?: readonly string[];
  /** Default: any free port. */
  readonly port?: number;
  /** The clock of uploads, of the 14-day rule, of the access log and of the owner's pages; default: the machine's. */
  readonly now?: () => Date;
}

/** The real index behind the pass-through. */
export interface UpstreamOptions {
  /** Its simple index, such as pip's own default. */
  readonly simple: string;
  /** A folder that several stand-ins may share. */
  readonly cache: string;
  /** How long a kept page is served without asking again, in milliseconds; default: six hours. */
  readonly freshFor?: number;
}

/** A running stand-in of a package index, on loopback. */
export interface IndexStandIn {
  /** The root, with a slash at its end. */
  readonly url: string;
  readonly uploadUrl: string;
  readonly simpleUrl: string;
  /** Adds one scripted fault; of several that fit a request, the one added first is applied. */
  misbehave(rule: Rule): void;
  /** Forgets every scripted fault. */
  behave(): void;
  /** Yanks a release as its owner would; throws when the index does not hold it. */
  yank(project: string, version: string, reason?: string): void;
  unyank(project: string, version: string): void;
  /** Puts a release into quarantine as an admin would: nobody is served its files, and its owner cannot change it. */
  quarantine(project: string, version: string): void;
  /** Every mail of the owner's pages so far. */
  mails(): readonly Mail[];
  /** Deletes one file as its owner would, which burns the file's name for good. */
  deleteFile(filename: string): void;
  /** Every request and every change of state so far, those before a restart too, in their order. */
  accessLog(): readonly AccessEntry[];
  /** Ends all connections and waits until nothing of the stand-in runs. */
  close(): Promise<void>;
}
