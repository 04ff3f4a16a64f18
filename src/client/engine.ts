import type { Client, Connection } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';

import { taskQueue, zones, type Zone } from '../contract/zones.js';
import { leaseHolderName, leaseId, releaseId, searchAttributes } from '../contract/handles.js';
import { fail, leaseHeld, pass, unknown, type Precondition } from '../contract/preconditions.js';
import { inTime, isGone, openAlready } from './releases.js';

/** The watch and 90 days, in days: how long a server has to remember closed releases. */
const leastRetention = 90;

/** A worker asks its queue again within a minute; one that has not asked for so long is gone, in milliseconds. */
const silence = 90_000;

/** The numbers of gRPC's NOT_FOUND and of the protocol's Keyword, workflow queue and activity queue. */
const notFound = 5;
const keyword = 2;
const queueTypes = { workflow: 1, activity: 2 } as const;

/** What the server says of itself, of its namespace and of the attributes by which releases are found. */
export async function serverPreconditions(
  connection: Connection,
  namespace: string,
): Promise<Precondition[]> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const answers = pass('server', `Temporal ${serverVersion} answers at ${connection.options.address}`);
  const there = await namespacePreconditions(connection, namespace);
  if (there.some(({ state }) => state === 'fail')) return [answers, ...there];
  return [answers, ...there, ...(await attributePreconditions(connection, namespace))];
}

async function namespacePreconditions(connection: Connection, namespace: string): Promise<Precondition[]> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const days = Math.floor(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400);
    const said = `The namespace ${namespace} remembers closed releases for ${String(days)} days`;
    if (days >= leastRetention) return [pass('server', said)];
    return [
      fail(
        'server',
        `${said}, and a release is looked up for longer`,
        `\`temporal operator namespace update --retention ${String(leastRetention * 24)}h --namespace ${namespace}\``,
      ),
    ];
  } catch (error) {
    if (!isGrpcServiceError(error) || Number(error.code) !== notFound)
      return [unknown('server', `The namespace ${namespace} could not be looked at: ${wordsOf(error)}`)];
    return [
      fail(
        'server',
        `There is no namespace ${namespace}`,
        `\`temporal operator namespace create --retention ${String(leastRetention * 24)}h ${namespace}\`, or set TEMPORAL_NAMESPACE to the right one.`,
      ),
    ];
  }
}

async function attributePreconditions(connection: Connection, namespace: string): Promise<Precondition[]> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const names = Object.values(searchAttributes);
    const missing = names.filter((name) => Number(customAttributes[name]) !== keyword);
    if (missing.length === 0) return [pass('server', `The search attributes ${names.join(', ')} are there`)];
    const options = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    return [
      fail(
        'server',
        `The search attributes ${missing.join(', ')} are not registered as Keyword`,
        `\`temporal operator search-attribute create --namespace ${namespace} ${options}\``,
      ),
    ];
  } catch (error) {
    return [unknown('server', `Its search attributes could not be looked at: ${wordsOf(error)}`)];
  }
}

/** Whether a worker of every zone asks for work. */
export async function workerPreconditions(
  connection: Connection,
  namespace: string,
): Promise<(Precondition & { readonly zone: Zone })[]> {
  return Promise.all(
    zones.map(async (zone) => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue(zone) },
        taskQueueType: zone === 'workflow' ? queueTypes.workflow : queueTypes.activity,
      });
      const asking = pollers.filter(
        ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < silence,
      );
      const said =
        asking.length > 0
          ? pass('workers', `A worker of the zone ${zone} asks for work: ${namesOf(asking)}`)
          : fail(
              'workers',
              `No worker of the zone ${zone} asks for work`,
              'start one with `slipway worker`, which runs all zones (or `slipway up`).',
            );
      return { ...said, zone };
    }),
  );
}

function namesOf(pollers: readonly { identity?: string | null }[]): string {
  return [...new Set(pollers.map(({ identity }) => identity ?? 'unnamed'))].join(', ');
}

/** Whether another release stands in the way; nothing is asked for and nothing is taken. */
export async function otherReleases(client: Client, name: string, version: string): Promise<Precondition[]> {
  if (await isOpen(client, releaseId(name, version))) return [openAlready(name, version)];
  const free = pass('release', `No other release of ${name} is open`);
  if (!(await isOpen(client, leaseId(name)))) return [free];
  const lease = client.workflow.getHandle(leaseId(name));
  const asked = await inTime(client, async () => ({
    holder: await lease.query<string | undefined>(leaseHolderName),
  }));
  if (asked === undefined)
    return [
      unknown('release', `Whether another release of ${name} is open: no worker tells who holds its lease`),
    ];
  return [typeof asked.holder === 'string' ? leaseHeld(asked.holder, name) : free];
}

/** Whether a run is open. */
export async function isOpen(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
