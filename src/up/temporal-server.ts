import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { searchAttributes } from '../contract/handles.js';

/** A Temporal server on this machine. */
export interface TemporalServer {
  /** `host:port` of its front end. */
  readonly address: string;
  /** Where its Web UI stands. */
  readonly webUi: string;
  readonly pid: number;
  /** Resolves when the server ends, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** How a server is started. */
export interface TemporalServerOptions {
  readonly binary: string;
  /** Its database; without one everything is in memory and ends with it. */
  readonly database?: string;
  /** By default a free one. */
  readonly port?: number;
  readonly webUiPort?: number;
}

/** How long closed releases are remembered: the watch and 90 days. */
const retention = '2160h';

/** How often free ports are looked for anew: somebody else can take one before the server does. */
const mostPorts = 5;

/** Starts a development server with its Web UI on loopback and the search attributes of a release. */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  for (let tries = 1; ; tries++)
    try {
      return await startOnce(options);
    } catch (error) {
      // Ports that somebody has chosen are no more free the next time.
      const isChosen = options.port !== undefined && options.webUiPort !== undefined;
      const isTaken = String(error).includes('address already in use');
      if (isChosen || !isTaken || tries === mostPorts) throw error;
    }
}

async function startOnce(options: TemporalServerOptions): Promise<TemporalServer> {
  const port = options.port ?? (await freePort());
  const webUiPort = options.webUiPort ?? (await freePort());
  const address = `127.0.0.1:${String(port)}`;
  const child = spawn(options.binary, argumentsFor(options, port, webUiPort), {
    // Its own group: an interrupt from the terminal reaches it only through us, after the workers have ended.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  const endWithThisProcess = () => child.kill();
  process.once('exit', endWithThisProcess);
  void ended.then(() => process.off('exit', endWithThisProcess));
  await isUp(child);
  await setRetention(options.binary, address);
  return {
    address,
    webUi: `http://127.0.0.1:${String(webUiPort)}`,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** The server announces its address when it answers there. */
async function isUp(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('Temporal Server:')) resolve();
    });
    child.once('error', reject);
    // Its last words may come after its end.
    child.once('close', (code) => {
      const words = said.slice(-3).join(' ');
      reject(new Error(`The Temporal server ended (${String(code)}) before it was up: ${words}`));
    });
  });
}

function argumentsFor(options: TemporalServerOptions, port: number, webUiPort: number): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'error', '--ui-disable-news-fetch'],
    ...['--port', String(port), '--ui-port', String(webUiPort)],
    ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
    ...(options.database === undefined
      ? []
      : [
          ...['--db-filename', options.database],
          ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
        ]),
  ];
}

/** The development server forgets closed runs after a day unless it is told otherwise. */
async function setRetention(binary: string, address: string): Promise<void> {
  const child = spawn(
    binary,
    [
      'operator',
      'namespace',
      'update',
      '--namespace',
      'default',
      '--retention',
      retention,
      '--address',
      address,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The retention of closed releases could not be set to 90 days: ${said}`);
}

/** A port of the loopback address that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
