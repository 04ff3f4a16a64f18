import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { zones } from '../../src/contract/zones.js';
import { cacheFolder, root } from '../../tools/paths.mjs';
import { interpolate, mountOf, serviceNamed } from './compose.js';
import { lowFreePorts } from './ports.js';
import { startPostgresql, type PostgreSql } from './postgresql.js';
import { startServer, type Server, type ServerOptions } from './server.js';

/** The programs that stand in for the images. */
export interface Programs {
  /** The folder of PostgreSQL's. */
  readonly postgresql: string;
  /** The folder of the Temporal server and of its SQL tool. */
  readonly temporalServer: string;
  /** The Temporal CLI. */
  readonly temporal: string;
}

/** How a job or a health check ended; `said` is what it printed. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly said: string;
}

/**
 * The services of docker-compose.yml on this machine, each with its own command and environment. What is different are
 * addresses, the password, and where files lie.
 */
export class Machine {
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #running = new Map<string, Server>();
  #database: Pick<PostgreSql, 'port' | 'password'> = { port: 0, password: '' };
  #ports: Record<string, string> = {};

  private constructor(programs: Programs, folder: string) {
    this.#programs = programs;
    this.#folder = folder;
  }

  /** A machine on which nothing runs yet. */
  static async make(programs: Programs): Promise<Machine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'slipway-compose-'));
    await chmod(folder, 0o711); // PostgreSQL may run as another user.
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    for (const name of ['temporal-server', 'temporal-sql-tool']) {
      await symlink(path.join(programs.temporalServer, name), path.join(bin, name));
    }
    if (path.isAbsolute(programs.temporal)) await symlink(programs.temporal, path.join(bin, 'temporal'));
    return new Machine(programs, folder);
  }

  /** Ends everything: the database in its own way, or it would leave shared memory behind; the others at once. */
  async end(): Promise<void> {
    const { postgresql, ...others } = Object.fromEntries(this.#running);
    await Promise.all(Object.values(others).map((server) => server.kill()));
    await postgresql?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Stops a service; answers whether that took force. */
  async stop(service: string): Promise<{ forced: boolean }> {
    const server = this.#running.get(service);
    if (server === undefined) throw new Error(`${service} does not run`);
    this.#running.delete(service);
    return server.stop();
  }

  async startDatabase(): Promise<void> {
    const server = await startPostgresql(
      this.#programs.postgresql,
      path.join(this.#folder, 'postgresql'),
      'temporal',
      this.#database.port === 0 ? undefined : this.#database.port,
    );
    this.#running.set('postgresql', server);
    this.#database = server;
  }

  /** Ends the database as `pg_ctl stop -m immediate` does: without a word to its clients and without a checkpoint. */
  async stopDatabaseImmediately(): Promise<void> {
    await this.#running.get('postgresql')?.end('SIGQUIT');
  }

  async startTemporal(): Promise<void> {
    const roles = ['FRONTEND', 'HISTORY', 'MATCHING', 'WORKER'];
    const names = roles.flatMap((role) => [`${role}_GRPC_PORT`, `${role}_MEMBERSHIP_PORT`]);
    names.push('FRONTEND_HTTP_PORT');
    const free = await lowFreePorts(names.length);
    this.#ports = Object.fromEntries(names.map((name, index) => [name, String(free[index])]));
    await this.#start('temporal', ['temporal-server', 'start'], {
      env: this.#environmentOf('temporal', {
        ...this.#ports,
        POSTGRES_SEEDS: '127.0.0.1',
        DB_PORT: String(this.#database.port),
        BIND_ON_IP: '127.0.0.1',
        DYNAMIC_CONFIG_FILE_PATH: path.join(root, 'deploy', 'dynamic-config.yaml'),
        LOG_LEVEL: 'info', // Else it does not say when it is ready.
      }),
      cwd: this.#folder,
      isReady: (line) => line.includes('"Frontend is now healthy"'),
    });
  }

  async startWorker(): Promise<void> {
    const settings = path.join(this.#folder, 'slipway.toml');
    await writeFile(settings, 'approvers = ["ada"]\n');
    const tokens = serviceNamed('worker').secrets.map(
      (name) => [`${name}_FILE`, path.join(this.#folder, name)] as const,
    );
    for (const [, file] of tokens) await writeFile(file, 'a token', { mode: 0o600 });
    const ready = new Set<string>();
    await this.#start('worker', this.#commandOf('worker', { '/etc/slipway/slipway.toml': settings }), {
      env: this.#environmentOf('worker', {
        TEMPORAL_ADDRESS: this.address,
        XDG_STATE_HOME: this.#folder,
        XDG_CACHE_HOME: path.join(this.#folder, 'cache'),
        SLIPWAY_CACHE: cacheFolder(),
        ...Object.fromEntries(tokens),
      }),
      cwd: root,
      isReady: (line) => line.includes('the worker is ready') && ready.add(line).size === zones.length,
    });
  }

  /** `host:port` of the Temporal server. */
  get address(): string {
    return `127.0.0.1:${this.#ports['FRONTEND_GRPC_PORT']}`;
  }

  runSchemaJob(other: Record<string, string> = {}): Promise<Ended> {
    const database = { SQL_HOST: '127.0.0.1', SQL_PORT: String(this.#database.port) };
    return run(this.#commandOf('schema'), this.#environmentOf('schema', { ...database, ...other }));
  }

  runNamespaceJob(other: Record<string, string> = {}): Promise<Ended> {
    const env = this.#environmentOf('namespace', { TEMPORAL_ADDRESS: this.address, ...other });
    return run(this.#commandOf('namespace'), env);
  }

  /** Runs a service's own health check. */
  checkHealth(service: 'postgresql' | 'temporal'): Promise<Ended> {
    const [kind, ...command] = serviceNamed(service).healthcheck?.test ?? [];
    if (kind !== 'CMD') throw new Error(`the health check of ${service} is not a command`);
    const here = command.map((word) => word.replace(':7243/', `:${this.#ports['FRONTEND_HTTP_PORT']}/`));
    return run(here, this.#environmentOf(service, { PGPORT: String(this.#database.port) }));
  }

  /** Asks one of the databases; answers with the only value. */
  async query(database: string, sql: string): Promise<string> {
    const options = [
      '--host=127.0.0.1',
      '--username=temporal',
      `--dbname=${database}`,
      '--tuples-only',
      '--no-align',
    ];
    const env = { PGPORT: String(this.#database.port), PGPASSWORD: this.#database.password };
    const psql = path.join(this.#programs.postgresql, 'psql');
    const { stdout } = await execa(psql, [...options, `--command=${sql}`], { env });
    return stdout;
  }

  /** Runs a command of the Temporal CLI; answers with what it printed. */
  async temporal(...args: string[]): Promise<string> {
    const env = { HOME: this.#folder, TEMPORAL_ADDRESS: this.address };
    return (await execa(this.#programs.temporal, args, { env })).stdout;
  }

  /** Asks with a command of the Temporal CLI, in the form that is meant for machines. */
  async ask(...args: string[]): Promise<unknown> {
    return JSON.parse(await this.temporal(...args, '--output', 'json'));
  }

  async #start(
    service: string,
    command: string[],
    options: Omit<ServerOptions, 'stopSignal'>,
  ): Promise<void> {
    const [program = '', ...args] = command;
    this.#running.set(service, await startServer(program, args, { ...options, stopSignal: 'SIGTERM' }));
  }

  /** A service's environment. */
  #environmentOf(service: string, other: Record<string, string>): Record<string, string> {
    const { environment } = serviceNamed(service);
    const variables = { POSTGRES_PASSWORD: this.#database.password };
    const own = Object.entries(environment).map(
      ([name, value]) => [name, interpolate(value, variables)] as const,
    );
    const folders = [path.join(this.#folder, 'bin'), this.#programs.postgresql, process.env['PATH'] ?? ''];
    return { PATH: folders.join(':'), HOME: this.#folder, ...Object.fromEntries(own), ...other };
  }

  /** A service's command, with the files that it mounts where they lie here. */
  #commandOf(service: string, other: Record<string, string> = {}): string[] {
    const { command, volumes } = serviceNamed(service);
    const mounted = volumes
      .map(mountOf)
      .map(({ source, target }) => [target, path.join(root, source)] as const);
    const files = new Map([...mounted, ...Object.entries(other)]);
    return command.map((word) => files.get(word) ?? word);
  }
}

async function run([program = '', ...args]: string[], env: Record<string, string>): Promise<Ended> {
  const { exitCode, all } = await execa(program, args, { env, extendEnv: false, reject: false, all: true });
  return { exitCode, said: all };
}
