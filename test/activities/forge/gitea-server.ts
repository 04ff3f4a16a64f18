import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { execa } from 'execa';

import { freePort } from '../../../src/up/temporal-server.js';
import { gitea } from '../../../tools/gitea.mjs';
import { stage } from '../../../tools/progress.mjs';

/** A real Gitea on loopback, started from an empty folder; `ada` administrates it. */
export interface GiteaServer {
  /** Of its pages and repositories, without a slash at the end. */
  readonly url: string;
  /** The token of somebody who is known to it. */
  token(login: string): string;
  /** The folder of a bare repository, named `owner/name`. */
  gitFolder(repository: string): string;
  /** Calls the API as somebody; a path begins with a slash and is below `/api/v1`. */
  call(login: string, method: string, path: string, body?: object): Promise<unknown>;
  close(): Promise<void>;
}

/** Builds Gitea if need be and starts it with these people. */
export async function startGitea(people: readonly string[]): Promise<GiteaServer> {
  const programs: string = await stage('Gitea', (log) => gitea({ log }));
  const folder = await mkdtemp(path.join(tmpdir(), 'gitea-'));
  const url = `http://127.0.0.1:${String(await freePort())}`;
  const config = path.join(folder, 'app.ini');
  await mkdir(path.join(folder, 'home'));
  await writeFile(config, configuration(url, folder, programs));
  const run = (...args: string[]) =>
    execa(path.join(programs, 'gitea'), ['--config', config, '--work-path', folder, ...args], {
      env: { PATH: process.env.PATH, HOME: path.join(folder, 'home') },
      extendEnv: false,
      forceKillAfterDelay: 10_000,
    });
  await run('migrate');
  const admin = await run(
    ...['admin', 'user', 'create', '--username', 'ada', '--email', 'ada@example.org', '--random-password'],
    ...['--admin', '--must-change-password=false', '--access-token', '--access-token-scopes', 'all'],
  );
  const tokens = new Map([['ada', tokenIn(admin.stdout)]]);
  const web = run('web');
  const ended = web.catch((error: unknown) => error);
  const server: GiteaServer = {
    url,
    token: (login) => tokens.get(login) ?? '',
    gitFolder: (repository) => path.join(folder, 'repositories', `${repository}.git`),
    call: (login, method, where, body) =>
      call(`${url}/api/v1${where}`, `token ${server.token(login)}`, method, body),
    async close() {
      web.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
  await Promise.race([
    untilReady(url),
    ended.then((why) => Promise.reject(new Error(`Gitea ended: ${String(why)}`))),
  ]);
  for (const login of people) tokens.set(login, await makePerson(server, login));
  return server;
}

function configuration(url: string, folder: string, programs: string): string {
  return `
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${new URL(url).port}
ROOT_URL = ${url}/
STATIC_ROOT_PATH = ${programs}
DISABLE_SSH = true
LFS_START_SERVER = false
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
[security]
INSTALL_LOCK = true
SECRET_KEY = ${randomBytes(32).toString('hex')}
INTERNAL_TOKEN = ${randomBytes(32).toString('hex')}
PASSWORD_HASH_ALGO = pbkdf2_v1
[oauth2]
ENABLED = false
[repository]
ROOT = ${path.join(folder, 'repositories')}
DEFAULT_BRANCH = main
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
[packages]
ENABLED = false
[log]
LEVEL = Warn
`;
}

function tokenIn(said: string): string {
  const [token] = /\b[0-9a-f]{40}\b/.exec(said) ?? [];
  if (token === undefined) throw new Error(`Gitea gave no token: ${said}`);
  return token;
}

/** Gitea has no way to tell that it listens but to answer. */
async function untilReady(url: string): Promise<void> {
  while (
    !(await fetch(`${url}/api/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await wait(100);
}

async function makePerson(server: GiteaServer, login: string): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const email = `${login}@example.org`;
  await server.call('ada', 'POST', '/admin/users', {
    username: login,
    email,
    password,
    must_change_password: false,
  });
  const basic = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  const scopes = ['write:repository', 'write:issue', 'read:user'];
  const tokens = `${server.url}/api/v1/users/${login}/tokens`;
  const made = await call(tokens, basic, 'POST', { name: 'test', scopes });
  return (made as { sha1: string }).sha1;
}

async function call(url: string, authorization: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${String(response.status)} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
