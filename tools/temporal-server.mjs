import { keptPrograms, whyNotKept } from './kept-programs.mjs';
import { isProgram, runProgram } from './problem.mjs';
import { stage } from './progress.mjs';

/** @type {import('./kept-programs.mjs').Programs} */
const programs = {
  name: 'temporal-server',
  what: 'the Temporal server for PostgreSQL',
  source: 'go.temporal.io/server',
  binaries: new Map([
    ['go.temporal.io/server/cmd/server', 'temporal-server'],
    ['go.temporal.io/server/cmd/tools/sql', 'temporal-sql-tool'],
  ]),
  build: { ldflags: '-s -w' },
};

/** Why `temporalServer` cannot give an answer here; undefined when it can. */
export function whyNoTemporalServer() {
  return whyNotKept(programs);
}

/**
 * The folder that holds `temporal-server` and `temporal-sql-tool`, the server that production runs on PostgreSQL and the
 * tool that makes its schema; they are built from the locked Go module when the cache does not have them.
 * @param {{ log: import('./progress.mjs').Log }} options
 */
export function temporalServer({ log }) {
  return keptPrograms(programs, { log });
}

if (isProgram(import.meta)) {
  await runProgram(async () => {
    console.log(await stage('Temporal server for PostgreSQL', (log) => temporalServer({ log })));
  });
}
