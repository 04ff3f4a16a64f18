import path from 'node:path';

import { execa } from 'execa';

import { root } from '../../tools/paths.mjs';

/** How a run of the client ended. */
export interface Ended {
  readonly exitCode?: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the client as its users do, against the Temporal server at `address`. */
export async function slipway(args: readonly string[], address: string): Promise<Ended> {
  return slipwayWith(args, { TEMPORAL_ADDRESS: address, SLIPWAY_AS: 'grace' });
}

/** Runs the client with this added to its environment. */
export async function slipwayWith(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return execa('node', [path.join(root, 'dist', 'src', 'client.js'), ...args], {
    env,
    stdin: 'ignore',
    reject: false,
  });
}
