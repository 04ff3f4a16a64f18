import type { Client } from '@temporalio/client';
import type { Command } from 'commander';

import { outputFor, type Output } from '../output.js';
import { commonOptions, type Common } from './arguments.js';

/** What a command that talks to the server works with. */
export interface Connected<M> extends Common {
  readonly client: Client;
  readonly output: Output;
  /** The module that does what the command says. */
  readonly commands: M;
}

/**
 * Does something with the engine's client, which is loaded, with what else `load` imports, only by commands that talk to
 * the server: it costs a good part of a second.
 */
export async function withClient<M>(
  program: Command,
  load: () => Promise<M>,
  body: (connected: Connected<M>) => Promise<void>,
): Promise<void> {
  const common = commonOptions(program);
  const [{ Client, Connection }, { connectTo, readTemporalConfig }, commands] = await Promise.all([
    import('@temporalio/client'),
    import('../../config/connection.js'),
    load(),
  ]);
  const temporal = readTemporalConfig();
  const connection = await connectTo(temporal, (options) =>
    Connection.connect({ ...options, connectTimeout: '4s' }),
  );
  try {
    const client = new Client({ connection, namespace: temporal.namespace });
    await body({ ...common, client, commands, output: outputFor(common.json) });
  } finally {
    await connection.close();
  }
}
