import type { TestProject } from 'vitest/node';
import { build } from '../../tools/build.mjs';
import { stage } from '../../tools/progress.mjs';
import { temporalBinary } from '../../tools/temporal.mjs';

declare module 'vitest' {
  /** What a test gets with `inject`. */
  export interface ProvidedContext {
    /** The Temporal binary; each test file starts a server of its own, since workers share their queues' names. */
    temporalBinary: string;
  }
}

/** Builds the programs and gets the Temporal binary ready for a project's tests. */
export async function setup(project: TestProject): Promise<void> {
  await stage('Programs', (log) => build({ log }));
  project.provide('temporalBinary', await stage('Temporal server', (log) => temporalBinary({ log })));
}
