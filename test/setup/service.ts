import type { TestProject } from 'vitest/node';
import { build } from '../../tools/build.mjs';
import { stage } from '../../tools/progress.mjs';
import { temporalBinary } from '../../tools/temporal.mjs';
import { startTemporal } from './temporal-server.js';

declare module 'vitest' {
  /** What a test gets with `inject`. */
  export interface ProvidedContext {
    /** `host:port` of the run's own Temporal server. */
    temporalAddress: string;
    /** The Temporal binary, for tests that start a server of their own. */
    temporalBinary: string;
  }
}

/** Builds the programs and starts a Temporal server for a project's tests; answers how to end it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await stage('Programs', (log) => build({ log }));
  const binary: string = await stage('Temporal server', (log) => temporalBinary({ log }));
  const server = await startTemporal(binary);
  project.provide('temporalBinary', binary);
  project.provide('temporalAddress', server.address);
  return server.stop;
}
