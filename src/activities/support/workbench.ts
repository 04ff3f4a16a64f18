import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Settings } from '../../config/settings.js';
import type { Secrets } from '../../config/secrets.js';
import type { Digest } from '../../contract/release.js';
import { hiddenOf, noProxy } from './network.js';
import { redact } from '../../evidence/redact.js';
import { openRunningOutput } from './running-output.js';
import { onState } from './state-folder.js';
import { run, type Command, type RunOptions, type RunResult } from './run.js';
import { isAlive } from './alive.js';
import type { ArtifactStore } from './store.js';

/** What every activity works with. */
export interface Workbench {
  readonly settings: Settings;
  /** The secrets of this process's zone and of no other. */
  readonly secrets: Secrets;
  /** The proxy that the settings want, or the relay of this process that knows its credentials. */
  readonly proxy?: string | undefined;
  readonly store: ArtifactStore;
  /** The folder of the Python tools: python, pip, uv, twine, pyproject-build. */
  readonly tools: string;
}

/** One of the Python tools by its path. */
export function tool(bench: Workbench, name: 'python' | 'pip' | 'uv' | 'twine' | 'pyproject-build'): string {
  return path.join(bench.tools, name);
}

/** Removes the throwaway folders of processes that are gone: a killed one leaves them, with what tests were lent. */
export async function sweepThrowawayFolders(state: string): Promise<void> {
  const parent = path.join(state, 'work');
  const folders = await readdir(parent).catch(() => []);
  const left = folders.filter((name) => !isAlive(Number(/^w-(\d+)-/.exec(name)?.[1])));
  await Promise.all(left.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
}

/** Does something in a new folder, which is gone afterwards whatever happens. */
export async function inThrowawayFolder<T>(
  bench: Workbench,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const { state } = bench.settings;
  const parent = path.join(state, 'work');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, `w-${String(process.pid)}-`));
  try {
    // Looked at while the folder is still there: without it there may be room again.
    return await onState(state, () => body(folder));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The environment that every tool gets: an allow-list, a home of its own, and what the network needs. */
export function toolEnvironment(bench: Workbench, home: string): Record<string, string> {
  const { caBundle } = bench.settings.network;
  const { proxy } = bench;
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    COLUMNS: '2000',
    NO_COLOR: '1',
    PIP_CONFIG_FILE: '/dev/null',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    UV_NO_CONFIG: '1',
    UV_CACHE_DIR: path.join(bench.settings.cache, 'uv'),
    UV_PYTHON_DOWNLOADS: 'never',
    NETRC: '/dev/null',
    PYTHONDONTWRITEBYTECODE: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...(caBundle === undefined
      ? {}
      : {
          PIP_CERT: caBundle,
          REQUESTS_CA_BUNDLE: caBundle,
          SSL_CERT_FILE: caBundle,
          CURL_CA_BUNDLE: caBundle,
          GIT_SSL_CAINFO: caBundle,
        }),
    // curl, and so git, reads http_proxy in small letters only.
    ...(proxy === undefined
      ? {}
      : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: noProxy(bench) }),
  };
}

/**
 * Runs a tool and keeps its whole output in the artifact store, without the credentials of the network and the values
 * that must stay hidden; while it runs, what it has printed can be read already.
 */
export async function runKept(
  bench: Workbench,
  command: Command,
  { hide = [], ...options }: RunOptions & { readonly hide?: readonly string[] },
): Promise<RunResult & { log: Digest }> {
  const hidden = [...hiddenOf(bench), ...hide];
  const shown = await openRunningOutput(bench.settings.state, command, hidden);
  try {
    const result = await run(command, { ...options, onOutput: shown.write });
    const output = redact(result.output, hidden);
    const log = await bench.store.put(output);
    await shown.keep(log);
    return { ...result, stdout: redact(result.stdout, hidden), output, log };
  } catch (error) {
    await shown.drop();
    throw error;
  }
}
