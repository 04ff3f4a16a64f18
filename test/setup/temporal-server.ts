import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { searchAttributes } from '../../src/contract/handles.js';

/** A Temporal server that a test started. */
export interface TemporalServer {
  /** `host:port` of its front end. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** Starts a development server in memory, without Web UI, with the search attributes of a release. */
export async function startTemporal(binary: string): Promise<TemporalServer> {
  const port = await freePort();
  const options = ['--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  const attributes = Object.values(searchAttributes).flatMap((name) => [
    '--search-attribute',
    `${name}=Keyword`,
  ]);
  const eager = ['--dynamic-config-value', 'system.enableActivityEagerExecution=true'];
  const server = spawn(binary, ['server', 'start-dev', ...options, ...attributes, ...eager], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endWithThisProcess = (): boolean => server.kill();
  process.once('exit', endWithThisProcess);

  await isUp(server);
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      process.off('exit', endWithThisProcess);
      const ended = once(server, 'exit');
      if (server.exitCode !== null || !server.kill()) return;
      await ended;
    },
  };
}

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The server announces its address when it answers there. */
async function isUp(server: ChildProcessByStdio<null, Readable, null>): Promise<void> {
  return new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.startsWith('Temporal Server:')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => {
      reject(new Error(`the Temporal server ended with ${code} before it was up`));
    });
  });
}
