import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';

import { connectTo, readTemporalConfig, type TemporalConfig } from '../config/connection.js';
import { taskQueue } from '../contract/zones.js';
import { examinationId, workflowTypes } from '../contract/handles.js';
import {
  fail,
  failBy,
  pass,
  preconditionSubjects,
  unknown,
  type Examination,
  type Precondition,
} from '../contract/preconditions.js';
import type { ReleaseRequest } from '../contract/release.js';
import { otherReleases, serverPreconditions, workerPreconditions } from './engine.js';
import { ClientFailure, exitCodes } from './failures.js';
import { inTime } from './releases.js';

/** How long an examination may take in all; a run of one that nobody takes up is ended by then, too. */
const longest = '10 minutes';
const longestMilliseconds = 600_000;

/** How far apart the clocks of client and server may be, in milliseconds: deadlines and one-time codes go by them. */
const mostApart = 5000;

/** Everything that was looked at, and what the workers found of it, where they could be asked. */
export interface Looked {
  readonly preconditions: readonly Precondition[];
  readonly examination?: Examination;
}

/** Looks at everything that a release needs; without a request only at what serves them all. */
export async function examine(request?: ReleaseRequest): Promise<Looked> {
  let temporal: TemporalConfig;
  let connection: Connection;
  try {
    temporal = readTemporalConfig();
    connection = await connectTo(temporal, (options) =>
      Connection.connect({ ...options, connectTimeout: '4s' }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ConfigurationError') throw error;
    const rest = request === undefined ? ['workers' as const] : preconditionSubjects.slice(1);
    return {
      preconditions: [failBy('server', error.message), ...unseen(rest, 'the server does not answer')],
    };
  }
  try {
    return await examineThrough(connection, temporal.namespace, request);
  } finally {
    await connection.close();
  }
}

async function examineThrough(
  connection: Connection,
  namespace: string,
  request: ReleaseRequest | undefined,
): Promise<Looked> {
  const server = await serverPreconditions(connection, namespace);
  if (server.some(({ state, said }) => state === 'fail' && said.includes(`no namespace ${namespace}`)))
    return {
      preconditions: [...server, ...unseen(preconditionSubjects.slice(1), 'the namespace is not there')],
    };
  const workers = await workerPreconditions(connection, namespace);
  const engine = [...server, ...workers.map(({ zone: _zone, ...precondition }) => precondition)];
  if (request === undefined) return { preconditions: engine };
  const client = new Client({ connection, namespace });
  const others = await otherReleases(client, request.package, request.version);
  const isServed = workers.some(({ zone, state }) => zone === 'workflow' && state === 'pass');
  const found = isServed ? await askWorkers(client, request) : notAnswered;
  return { ...found, preconditions: [...engine, ...others, ...found.preconditions] };
}

/** Has the workers look: a short run of its own, which writes nothing outside. */
async function askWorkers(client: Client, request: ReleaseRequest): Promise<Looked> {
  const before = Date.now();
  const handle = await startExamination(client, request);
  const after = Date.now();
  const quick = await inTime(client, () => handle.result());
  const { startTime, historyLength } = await handle.describe();
  const clock = clockPrecondition(startTime, before, after);
  if (quick === undefined && historyLength <= 2) {
    await handle.terminate('no worker has taken it up');
    return { preconditions: [clock, ...notAnswered.preconditions] };
  }
  const examination = quick ?? (await inTime(client, () => handle.result(), longestMilliseconds));
  if (examination === undefined) return { preconditions: [clock, ...notAnswered.preconditions] };
  return { examination, preconditions: [clock, ...examination.preconditions] };
}

async function startExamination(client: Client, request: ReleaseRequest) {
  const { package: name, version, by } = request;
  try {
    return await client.workflow.start<(request: ReleaseRequest) => Promise<Examination>>(
      workflowTypes.examination,
      {
        workflowId: examinationId(name, version),
        taskQueue: taskQueue('workflow'),
        workflowExecutionTimeout: longest,
        args: [request],
        staticSummary: `Look at what a release of ${name} ${version} needs`,
        staticDetails: `Asked for by ${by} (unverified); it changes nothing outside.`,
      },
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new ClientFailure(
      {
        now: `${examinationId(name, version)} is open: ${name} ${version} is being looked at just now, by somebody else perhaps.`,
        not: 'It was not looked at once more.',
        next: 'The same command again in a minute.',
      },
      exitCodes.refused,
    );
  }
}

/** The server's clock stands somewhere between the two moments of ours. */
function clockPrecondition(server: Date, before: number, after: number): Precondition {
  const apart = Math.max(0, before - server.getTime(), server.getTime() - after);
  const said = `The clocks of this machine and of the server are ${(apart / 1000).toFixed(1)} s apart`;
  return apart <= mostApart
    ? pass('server', said)
    : fail('server', said, 'have both machines keep time (`timedatectl set-ntp true`).');
}

const notAnswered = {
  preconditions: unseen(
    preconditionSubjects.filter((about) => about !== 'server' && about !== 'workers'),
    'no worker of the zone workflow answers',
  ),
};

/** What cannot be looked at, and why. */
function unseen(subjects: readonly Precondition['about'][], why: string): Precondition[] {
  return subjects.map((about) => unknown(about, `Nothing of this is known, because ${why}`));
}
