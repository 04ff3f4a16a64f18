import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

import { ConfigurationError } from './problems.js';

/** Where the Temporal server is and how it is spoken to; `options` fit the client's and the worker's connection. */
export interface TemporalConfig {
  readonly address: string;
  readonly namespace: string;
  readonly options: ClientConnectConfig['connectionOptions'];
}

/** Reads the Temporal profile and the TEMPORAL_… variables; the server on this machine by default. */
export function readTemporalConfig(env: NodeJS.ProcessEnv = process.env): TemporalConfig {
  const { connectionOptions, namespace } = loadConfig(env);
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  return { address, namespace: namespace ?? 'default', options: { ...connectionOptions, address } };
}

function loadConfig(env: NodeJS.ProcessEnv): ClientConnectConfig {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (error) {
    throw new ConfigurationError([`The Temporal profile cannot be read (${messageOf(error)})`], {
      remedy: 'mend the file, TEMPORAL_PROFILE or TEMPORAL_CONFIG_FILE',
    });
  }
}

/** Connects within some seconds, or throws one ConfigurationError that names the address and the remedy. */
export async function connectTo<T extends { close(): Promise<void> }>(
  temporal: TemporalConfig,
  connect: (options: TemporalConfig['options']) => Promise<T>,
  seconds = 5,
): Promise<T> {
  const connecting = connect(temporal.options);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(seconds)} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    connecting.then(
      (connection) => connection.close(),
      () => undefined,
    );
    throw unreachable(temporal, error);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable({ address }: TemporalConfig, error: unknown): ConfigurationError {
  return new ConfigurationError([`No Temporal server can be used at ${address} (${messageOf(error)})`], {
    cause: error,
    remedy: 'start one with `slipway up`, or set TEMPORAL_ADDRESS',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
