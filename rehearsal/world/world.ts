import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { stringify } from 'smol-toml';

import { startTemporal, type TemporalServer } from '../../src/up/temporal-server.js';
import { cacheFolder, root } from '../../tools/paths.mjs';
import { startIndex } from '../index/stand-in.js';
import type { IndexStandIn } from '../index/contract.js';
import { startLanguageModel, type LanguageModel } from '../language-model.js';
import { upstreamAddress } from './upstream.js';

/** What a rehearsal takes place in: stand-ins for everything outside, a real Temporal server and real workers. */
export interface World {
  readonly folder: string;
  readonly test: IndexStandIn;
  readonly production: IndexStandIn;
  readonly languageModel: LanguageModel;
  readonly temporal: TemporalServer;
  /** Ends the Temporal server and starts it again at the same address on the same database. */
  restartTemporal(): Promise<void>;
  readonly client: Client;
  /** The tokens that the workers hold, by the names of their secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly workers: Workers;
  close(): Promise<void>;
}

/** The workers of all zones, as one process that can be killed and started again. */
export interface Workers {
  start(): Promise<void>;
  /** Ends the workers as an operator would. */
  stop(): Promise<void>;
  /** Ends every worker process at once, as a power cut would. */
  kill(): Promise<void>;
  readonly log: string;
}

/** What a world is made for. */
export interface WorldOptions {
  readonly folder: string;
  readonly temporalBinary: string;
  readonly pythonTools: string;
  /** The package, normalised, and the address of its repository. */
  readonly package: string;
  readonly repository: string;
  /** In seconds. */
  readonly watchSeconds: number;
  /** Names of secrets that the package's tests want beside the language model's keys. */
  readonly secrets?: readonly string[];
  readonly say: (doing: string) => void;
}

/** The people of a rehearsal: the first one starts the release, the others answer. */
export const people = ['ada', 'grace', 'linus'] as const;

const testToken = 'pypi-stand-in-test-token';
const productionToken = 'pypi-stand-in-production-token';
const owner = 'the-owner-of-the-stand-in';
const keys = { OPENAI_API_KEY: 'sk-stand-in-openai', ANTHROPIC_API_KEY: 'sk-stand-in-anthropic' };

/** Opens a world; what it starts ends with `close`, and at the latest with this process. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder, say } = options;
  mkdirSync(folder, { recursive: true });
  say('starts the index stand-ins and the language-model stand-in');
  const upstream = {
    simple: await upstreamAddress(options.pythonTools),
    cache: path.join(cacheFolder(), 'upstream'),
  };
  const [test, production, languageModel] = await Promise.all([
    startIndex({ folder: path.join(folder, 'test-index'), tokens: [{ token: testToken, projects: '*' }] }),
    startIndex({
      folder: path.join(folder, 'production-index'),
      tokens: [{ token: productionToken, projects: '*' }],
      owner,
      upstream,
      // What is rehearsed must not be found on the real index, not even before its first upload here.
      own: [options.package],
    }),
    startLanguageModel({ openaiKey: keys.OPENAI_API_KEY, anthropicKey: keys.ANTHROPIC_API_KEY }),
  ]);
  say('starts the Temporal server');
  const server = { binary: options.temporalBinary, database: path.join(folder, 'temporal.db') };
  let temporal = await startTemporal(server);
  const secrets = {
    ...Object.fromEntries((options.secrets ?? []).map((name) => [name, process.env[name] ?? 'rehearsal'])),
    ...keys,
    TEST_INDEX_TOKEN: testToken,
    PRODUCTION_INDEX_TOKEN: productionToken,
    STAND_IN_INDEX: production.url,
    STAND_IN_OWNER: owner,
  };
  const settings = path.join(folder, 'slipway.toml');
  writeFileSync(settings, settingsFor(options, { test, production, languageModel, temporal }));
  const workers = workersOf(folder, settings, { ...secrets, TEMPORAL_ADDRESS: temporal.address });
  say('starts the workers');
  await workers.start();
  const connection = await Connection.connect({ address: temporal.address });
  return {
    folder,
    test,
    production,
    languageModel,
    get temporal() {
      return temporal;
    },
    async restartTemporal() {
      const { address, webUi } = temporal;
      await temporal.stop();
      temporal = await startTemporal({
        ...server,
        port: Number(new URL(`http://${address}`).port),
        webUiPort: Number(new URL(webUi).port),
      });
    },
    secrets,
    workers,
    client: new Client({ connection }),
    async close() {
      await connection.close();
      await workers.stop();
      await temporal.stop();
      await Promise.all([test.close(), production.close(), languageModel.close()]);
    },
  };
}

type Servers = Pick<World, 'test' | 'production' | 'languageModel' | 'temporal'>;

/** The service's own settings for a rehearsal, as a maintainer would write them. */
function settingsFor(options: WorldOptions, servers: Servers): string {
  const { test, production, languageModel, temporal } = servers;
  const address = (name: string, index: IndexStandIn, token: string) => ({
    name,
    upload: index.uploadUrl,
    simple: index.simpleUrl,
    token,
  });
  return stringify({
    state: path.join(options.folder, 'state'),
    cache: path.join(options.folder, 'cache'),
    approvers: [...people],
    quorum: 1,
    watch: options.watchSeconds,
    'web-ui': temporal.webUi,
    'build-secrets': [...Object.keys(keys), ...(options.secrets ?? [])],
    'test-environment': {
      OPENAI_BASE_URL: languageModel.openaiBaseUrl,
      OPENAI_API_BASE: languageModel.openaiBaseUrl,
      ANTHROPIC_BASE_URL: languageModel.anthropicBaseUrl,
      ANTHROPIC_API_URL: languageModel.anthropicBaseUrl,
    },
    network: { 'main-index': production.simpleUrl },
    test: address('test-stand-in', test, 'TEST_INDEX_TOKEN'),
    production: address('production-stand-in', production, 'PRODUCTION_INDEX_TOKEN'),
    yank: {
      drivers: ['command'],
      command: [
        process.execPath,
        path.join(root, 'rehearsal', 'index', 'yank-command.mjs'),
        '{package}',
        '{version}',
        '{reason}',
      ],
      secrets: ['STAND_IN_INDEX', 'STAND_IN_OWNER'],
    },
    packages: { [options.package]: { repository: options.repository } },
  });
}

function workersOf(folder: string, settings: string, environment: Readonly<Record<string, string>>): Workers {
  const log = path.join(folder, 'workers.log');
  let child: ChildProcess | undefined;
  return {
    log,
    async start() {
      const output = openSync(log, 'a');
      const started = fork(path.join(root, 'dist', 'src', 'worker.js'), ['--settings', settings], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', output, output, 'ipc'],
        detached: true,
      });
      closeSync(output);
      child = started;
      await Promise.race([
        once(started, 'message'),
        once(started, 'exit').then(() => {
          throw new Error(`the workers ended before they were ready: see ${log}`);
        }),
      ]);
    },
    async stop() {
      const stopped = child;
      if (stopped === undefined || stopped.exitCode !== null || stopped.signalCode !== null) return;
      const ended = once(stopped, 'exit');
      stopped.kill('SIGTERM');
      await ended;
    },
    async kill() {
      if (child?.pid === undefined) return;
      const ended = once(child, 'exit');
      // The workers of all zones are in the supervisor's process group.
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
