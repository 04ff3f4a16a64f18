import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { freePort } from '../../src/up/temporal-server.js';
import { startServer, type Server } from './server.js';

/** A PostgreSQL of its own on loopback, with one user who owns everything. */
export interface PostgreSql extends Server {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The folder of PostgreSQL's programs; undefined where no PostgreSQL server is installed. */
export function postgresqlPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    ...versions.map((it) => path.join(debian, it, 'bin')),
  ];
  return folders.find(
    (folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'psql')),
  );
}

/** Makes a database cluster in a new folder and starts it; a server that was stopped there is started again. */
export async function startPostgresql(
  programs: string,
  folder: string,
  user: string,
  givenPort?: number,
): Promise<PostgreSql> {
  const password = 'some-$pecial:ch@r%20s/';
  const data = path.join(folder, 'data');
  if (!existsSync(data)) await makeCluster(programs, folder, { user, password });

  const port = givenPort ?? (await freePort());
  const options = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off' };
  const settings = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await startServer(path.join(programs, 'postgres'), ['-D', data, ...settings], {
    ...unprivileged(),
    cwd: folder,
    env: {},
    stopSignal: 'SIGINT',
    isReady: (line) => line.endsWith('database system is ready to accept connections'),
  });
  return { ...server, port, user, password };
}

async function makeCluster(programs: string, folder: string, account: { user: string; password: string }) {
  const passwordFile = path.join(folder, 'password');
  await mkdir(folder, { recursive: true });
  await writeFile(passwordFile, account.password);
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined)
    for (const it of [folder, passwordFile]) await chown(it, uid, gid);

  const options = ['--pgdata=data', `--username=${account.user}`, `--pwfile=${passwordFile}`, '--no-sync'];
  const like = ['--auth=scram-sha-256', '--encoding=UTF8', '--no-locale'];
  await execa(path.join(programs, 'initdb'), [...options, ...like], { ...unprivileged(), cwd: folder });
  await rm(passwordFile);
}

/** PostgreSQL does not run as root: there it runs as nobody. */
function unprivileged(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
}
