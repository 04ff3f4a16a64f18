import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { parse, type TomlTable } from 'smol-toml';

import type { GateId } from '../contract/gates.js';
import type {
  AfterYank,
  FinalVersionPlace,
  SelfApproval,
  YankDriver,
  ApproveWithin,
} from '../contract/release.js';
import type { Hours } from './hours.js';
import { given } from './given.js';
import { ConfigurationError, deepFreeze, describeIssues, problemLine } from './problems.js';
import type { NotifySetting } from './notify-schema.js';
import type { PublisherKind } from './network-schema.js';
import { probesFrom, type ProbeSetting } from './probe-schema.js';
import { repositoryProtocol } from './repository.js';
import { readableKeys } from './schema.js';
import type { ForgeKind, PublishingWorkflows } from './forge-schema.js';
import { crossProblems } from './settings-rules.js';
import { settingsShape, settingsTable, type SettingsTable } from './settings-schema.js';
import type { ApiSetting, WebSetting } from './yank-schema.js';

export type { ForgeKind } from './forge-schema.js';

/** One package index in the settings: a well-known name, or a name with its addresses. */
export interface IndexSetting {
  readonly name: string;
  readonly upload?: string;
  readonly simple?: string;
  /** Who uploads. */
  readonly user: string;
  /** What uploads. */
  readonly publisher: PublisherKind;
  /** The name of the secret that holds the upload token, or the user's password; a trusted publisher has none. */
  readonly token?: string;
  /** The name of the secret, `user:password`, that reading takes. */
  readonly credentials?: string;
  /** Whether releases can be yanked there. */
  readonly yanks?: boolean;
  /** For how many seconds after its first file a version takes further ones; undefined without end. */
  readonly takesFilesFor?: number;
}

/** How Codecov is reached. */
export interface CodecovSetting {
  /** Addresses; by default those that codecovcli knows. */
  readonly upload?: string;
  readonly api?: string;
  /** The name of the secret that holds the upload token. */
  readonly token: string;
  /** The name of the secret that holds an API token, for private repositories. */
  readonly readToken?: string;
  /** How long a report may take to be shown, in seconds. */
  readonly waitSeconds: number;
}

/** One package that the service may release. */
export interface PackageSetting {
  readonly repository: string;
  /** The branch that releases are merged into; `main` by default. */
  readonly base: string;
  /** By the beginnings of versions: the branches that releases of these lines are merged into. */
  readonly lines: Readonly<Record<string, string>>;
  /** The release branch; `release/{version}` by default. */
  readonly branch: string;
  /** The repository as Codecov names it, or `none`; by default what its address tells. */
  readonly codecov?: string;
  /** The name of the secret, `user:password`, that git takes for an https repository. */
  readonly credentials?: string;
  readonly forge: ForgeSetting;
}

/** What keeps a package's pull requests. */
export interface ForgeSetting {
  readonly kind: ForgeKind;
  /** The address of its API; derived from the repository's where it is not given. */
  readonly api?: string;
  /** The name of the secret that holds the service's token. */
  readonly token?: string;
  /** Instead of a token, a GitHub App: its id and installation, and the name of the secret that holds its private key. */
  readonly app?: { readonly id: string; readonly installation: string; readonly key: string };
  /** Checks that have to be green beside those that the forge itself demands. */
  readonly checks: readonly string[];
  /** What becomes of a release whose branch holds a workflow that publishes by itself. */
  readonly publishingWorkflows: PublishingWorkflows;
  readonly pollSeconds: number;
}

/** The service's own settings (`slipway.toml` beside the worker): what guards a release, read once and frozen. */
export interface Settings {
  /** Absolute folder of the artifact store, the throwaway work places and the git mirrors. */
  readonly state: string;
  /** Absolute folder of what may be thrown away and made again: uv's cache. */
  readonly cache: string;
  readonly approvers: readonly string[];
  /** The least coverage that a package may demand of itself, in percent. */
  readonly leastCoverage: number;
  readonly quorum: number;
  readonly selfApproval: SelfApproval;
  /** The gates at which an approval counts only if it is signed. */
  readonly signatures: readonly GateId[];
  /** Absolute file of the approvers' keys, which is read at each start. */
  readonly allowedSigners?: string;
  /** The public keys of each approver, `type base64`, by name. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly approveWithin: ApproveWithin;
  /** The shortest watch that a release may ask for, and the default, in seconds. */
  readonly watchSeconds: number;
  /** After how many seconds without an answer the next person is asked, too. */
  readonly escalateSeconds: number;
  /** When each approver can be asked. */
  readonly roster: Readonly<Record<string, Hours>>;
  /** The channels that reach each person, by name. */
  readonly channels: Readonly<Record<string, readonly string[]>>;
  /** The channels of notifications, by name. */
  readonly notify: Readonly<Record<string, NotifySetting>>;
  /** The hours in which uploads to the production index begin; undefined for all. */
  readonly publishWindow?: Hours;
  /** The day on which a secret expires, `YYYY-MM-DD` in UTC, by its name. */
  readonly expiry: Readonly<Record<string, string>>;
  /** What is looked at again and again in the watch. */
  readonly probes: readonly ProbeSetting[];
  /** Names of secrets that the build zone may hold, and so lend to tests. */
  readonly buildSecrets: readonly string[];
  /** The most memory that one process of other people's code may take, in bytes; what the machine has where it is not given. */
  readonly buildMemoryBytes?: number;
  /** Plain variables handed to the package's tests and applications, such as base addresses. */
  readonly testEnvironment: Readonly<Record<string, string>>;
  /** The address, with `{run}` in it, of the record of what a run of tests has called. */
  readonly callRecord?: string;
  /** Whom the keepers of an index can write to. */
  readonly contact?: string;
  /** Whether uv may download a Python that the machine does not have. */
  readonly pythonDownloads: boolean;
  readonly network: {
    readonly caBundle?: string;
    readonly proxy?: string;
    /** The name of the secret, `user:password`, that the proxy takes. */
    readonly proxyCredentials?: string;
    readonly noProxy?: string;
    /** How long git may take for one fetch or push, in seconds; 600 where it is not given. */
    readonly gitLimitSeconds?: number;
    /** Simple address of the mirror that plays the main index for dependencies. */
    readonly mainIndex?: string;
    /** The name of the secret, `user:password`, that the mirror takes. */
    readonly mainIndexCredentials?: string;
  };
  readonly test: IndexSetting;
  readonly production: IndexSetting;
  readonly yank: {
    readonly drivers: readonly YankDriver[];
    /** How long a driver may take, in seconds. */
    readonly limitSeconds: number;
    /** How long late files of a stopped upload are looked for, in seconds. */
    readonly lateFilesSeconds: number;
    /** The command driver's program and arguments; `{package}`, `{version}` and `{reason}` are filled in. */
    readonly command?: readonly string[];
    /** Ends with 0 if the command could yank now. */
    readonly check?: readonly string[];
    /** The program and arguments that take a yank back, filled in likewise. */
    readonly unYank?: readonly string[];
    /** Names of secrets that these get as environment variables; only the urgent zone holds them. */
    readonly secrets: readonly string[];
    /** The page where a person yanks; `{package}` and `{version}` are filled in. */
    readonly link?: string;
    /** The owner's account of the driver `web`; only the urgent zone holds its secrets. */
    readonly web?: WebSetting;
    /** The request of the driver `api`; only the urgent zone holds its secret. */
    readonly api?: ApiSetting;
  };
  readonly afterYank: AfterYank;
  /** Undefined where it is not configured. */
  readonly codecov?: CodecovSetting;
  readonly finalVersion: FinalVersionPlace;
  /** How often tests that failed in one step of a candidate may be run again on the same files. */
  readonly reruns: number;
  readonly historyEvents: number;
  readonly webUi?: string;
  readonly packages: Readonly<Record<string, PackageSetting>>;
}

/** Reads `slipway.toml` and fills in every default; throws one ConfigurationError with everything that is wrong. */
export function readSettings(file: string, env: NodeJS.ProcessEnv = process.env): Settings {
  const raw = readToml(file);
  const result = settingsTable.safeParse(raw);
  const crossed = crossProblems(readableKeys(settingsShape, raw)).map(({ key, message }) =>
    problemLine(file, [key], message),
  );
  if (!result.success) throw new ConfigurationError([...describeIssues(file, result.error), ...crossed]);
  if (crossed.length > 0) throw new ConfigurationError(crossed);
  return deepFreeze(settingsFrom(result.data, path.dirname(path.resolve(file)), env));
}

function readToml(file: string): TomlTable {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new ConfigurationError([`${file} ${why}, and the service needs its settings there`], {
      remedy: 'write it (docs/configuration.md), or name another one with `--settings`',
    });
  }
  try {
    return parse(content);
  } catch (error) {
    throw new ConfigurationError([
      `${file} is not TOML: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

function settingsFrom(from: SettingsTable, folder: string, env: NodeJS.ProcessEnv): Settings {
  const absolute = (value: string) => path.resolve(folder, value.replace(/^~(?=\/|$)/, homedir()));
  const repository = (value: string) => (repositoryProtocol(value) === undefined ? absolute(value) : value);
  return {
    state: absolute(from.state ?? path.join(env.XDG_STATE_HOME ?? '~/.local/state', 'slipway')),
    cache: absolute(from.cache ?? path.join(env.XDG_CACHE_HOME ?? '~/.cache', 'slipway')),
    approvers: from.approvers,
    leastCoverage: from['least-coverage'],
    quorum: from.quorum,
    selfApproval: from['self-approval'] ? { delaySeconds: from['self-approval-delay'] } : false,
    ...signersFrom(from, absolute),
    approveWithin: given(from['approve-within']),
    watchSeconds: from.watch,
    probes: probesFrom(from.probes),
    ...peopleFrom(from),
    ...buildingFrom(from),
    network: networkFrom(from.network, absolute),
    test: given(from.test),
    production: given(from.production),
    yank: yankFrom(from.yank),
    afterYank: from['after-yank'],
    finalVersion: from['final-version'],
    reruns: from.reruns.most,
    historyEvents: from['history-events'],
    ...given({
      webUi: from['web-ui'],
      contact: from.contact,
      callRecord: from['call-record'],
      codecov: codecovFrom(from.codecov),
    }),
    packages: Object.fromEntries(
      Object.entries(from.packages).map(([name, setting]) => [
        name,
        given({ ...setting, repository: repository(setting.repository), forge: forgeFrom(setting.forge) }),
      ]),
    ),
  };
}

function buildingFrom(
  from: SettingsTable,
): Pick<Settings, 'buildSecrets' | 'testEnvironment' | 'pythonDownloads' | 'buildMemoryBytes'> {
  const { 'build-secrets': buildSecrets, 'test-environment': testEnvironment } = from;
  const { 'python-downloads': pythonDownloads, 'build-memory': buildMemoryBytes } = from;
  return given({ buildSecrets, testEnvironment, pythonDownloads, buildMemoryBytes });
}

function peopleFrom(
  from: SettingsTable,
): Pick<Settings, 'escalateSeconds' | 'roster' | 'channels' | 'notify' | 'expiry' | 'publishWindow'> {
  const { escalate: escalateSeconds, roster, people, notify, expiry, 'publish-window': publishWindow } = from;
  const channels = Object.fromEntries(Object.entries(people).map(([name, person]) => [name, person.notify]));
  return given({ escalateSeconds, roster, channels, notify, expiry, publishWindow });
}

function signersFrom(
  { signatures, people, 'allowed-signers': file }: SettingsTable,
  absolute: (value: string) => string,
): Pick<Settings, 'signatures' | 'allowedSigners' | 'keys'> {
  const keys = Object.fromEntries(Object.entries(people).map(([name, person]) => [name, person.keys]));
  return { signatures, keys, ...(file === undefined ? {} : { allowedSigners: absolute(file) }) };
}

function networkFrom(
  from: SettingsTable['network'],
  absolute: (value: string) => string,
): Settings['network'] {
  return given({
    caBundle: from['ca-bundle'] === undefined ? undefined : absolute(from['ca-bundle']),
    proxy: from.proxy,
    proxyCredentials: from['proxy-credentials'],
    noProxy: from['no-proxy'],
    gitLimitSeconds: from['git-limit'],
    mainIndex: from['main-index'],
    mainIndexCredentials: from['main-index-credentials'],
  });
}

function codecovFrom(from: SettingsTable['codecov']): CodecovSetting | undefined {
  if (from === undefined) return undefined;
  const { upload, api = upload, token, 'read-token': readToken, wait: waitSeconds } = from;
  return { token, waitSeconds, ...given({ upload, api, readToken }) };
}

function yankFrom(from: SettingsTable['yank']): Settings['yank'] {
  const { limit: limitSeconds, 'late-files': lateFilesSeconds, 'un-yank': unYank, web, api, ...yank } = from;
  return given({
    ...yank,
    limitSeconds,
    lateFilesSeconds,
    unYank,
    web: webFrom(web),
    api: api && given(api),
  });
}

function webFrom(from: SettingsTable['yank']['web']): WebSetting | undefined {
  if (from === undefined) return undefined;
  const { 'remember-device': rememberDevice, ...web } = from;
  return { ...web, rememberDevice };
}

function forgeFrom({
  poll: pollSeconds,
  'publishing-workflows': publishingWorkflows,
  ...forge
}: SettingsTable['packages'][string]['forge']): ForgeSetting {
  return given({ ...forge, publishingWorkflows, pollSeconds });
}
