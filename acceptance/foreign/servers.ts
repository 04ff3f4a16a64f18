import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { execa } from 'execa';

import { freePort } from '../../src/up/temporal-server.js';
import { cacheFolder } from '../../tools/paths.mjs';
import type { Stage } from '../releasing.js';

/** What PyPI offers of small index servers, at the versions that were tried. */
const requirements = ['devpi-server==6.20.3', 'pypiserver[passlib]==2.4.2'];

/** A small index server, as its own program runs it. */
export interface ForeignIndex {
  readonly upload: string;
  readonly simple: string;
  readonly user: string;
  readonly password: string;
  close(): Promise<void>;
}

/** Installs the servers into an environment that is kept; returns the folder of their programs. */
export async function installServers(stage: Stage): Promise<string> {
  const key = createHash('sha256').update(requirements.join()).digest('hex').slice(0, 12);
  const environment = path.join(cacheFolder(), `foreign-indexes-${key}`);
  const finished = path.join(environment, 'finished');
  if (!existsSync(finished)) {
    stage.say('installs devpi and pypiserver from PyPI');
    const uv = path.join(stage.pythonTools, 'uv');
    await execa(uv, ['venv', '--clear', '--python', path.join(stage.pythonTools, 'python'), environment]);
    await execa(uv, ['pip', 'install', '--python', path.join(environment, 'bin', 'python'), ...requirements]);
    await writeFile(finished, '');
  }
  return path.join(environment, 'bin');
}

const owner = { user: 'root', password: 'the-password-of-the-owner' };

/** devpi: JSON, no yank, the same file may come twice and another one under its name may not. */
export async function startDevpi(bin: string, folder: string): Promise<ForeignIndex> {
  const place = path.join(folder, 'devpi');
  const init = ['--serverdir', place, '--no-root-pypi', '--root-passwd', owner.password];
  await execa(path.join(bin, 'devpi-init'), init);
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}/`;
  const close = await startServer(
    path.join(bin, 'devpi-server'),
    ['--serverdir', place, '--host', '127.0.0.1', '--port', String(port)],
    `${url}+api`,
  );
  const login = await askDevpi(`${url}+login`, 'POST', {}, owner);
  const token = (login as { result: { password: string } }).result.password;
  const signedIn = { 'x-devpi-auth': Buffer.from(`${owner.user}:${token}`).toString('base64') };
  await askDevpi(`${url}root/test`, 'PUT', signedIn, { type: 'stage', bases: [], volatile: false });
  return { upload: `${url}root/test/`, simple: `${url}root/test/+simple/`, ...owner, close };
}

async function askDevpi(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: object,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`devpi answers ${String(response.status)} to ${method} ${url}`);
  return response.json();
}

/** pypiserver: HTML only, no yank, and no file comes twice; who reads has to say a password here, too. */
export async function startPypiserver(bin: string, folder: string): Promise<ForeignIndex> {
  const files = path.join(folder, 'pypiserver');
  await mkdir(files);
  const password = 'the-password-of-the-uploads';
  const readers = { user: 'reader', password: 'the-password-of-the-readers' };
  const entry = ({ user, password: secret }: { user: string; password: string }) =>
    `${user}:{SHA}${createHash('sha1').update(secret).digest('base64')}\n`;
  const passwords = path.join(folder, 'htpasswd');
  await writeFile(passwords, entry({ user: 'uploads', password }) + entry(readers));
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}/`;
  const options = ['-i', '127.0.0.1', '-p', String(port), '-P', passwords, '--disable-fallback'];
  const close = await startServer(
    path.join(bin, 'pypi-server'),
    ['run', ...options, '-a', 'update,list,download', files],
    url,
  );
  return { upload: url, simple: `${url}simple/`, user: 'uploads', password, close };
}

/** What reads from pypiserver. */
export const readerOfPypiserver = 'reader:the-password-of-the-readers';

/** Starts a server and waits until it answers; it ends with `close`, and at the latest with this process. */
async function startServer(
  program: string,
  args: readonly string[],
  url: string,
): Promise<() => Promise<void>> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit');
  for (let asked = 0; ; asked++) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) break;
    if (child.exitCode !== null || asked > 1200) throw new Error(`${program} does not answer at ${url}`);
    await delay(100);
  }
  return async () => {
    process.removeListener('exit', kill);
    child.kill('SIGTERM');
    await ended;
  };
}
