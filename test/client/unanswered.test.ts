import { ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { expect, test } from 'vitest';

import { readLedger } from '../../src/client/releases.js';

/** A server that knows the release and answers a question in one way. */
function clientWith(answer: Error): Client {
  const ask = { query: () => Promise.reject(answer) };
  const gone = { describe: () => Promise.reject(new WorkflowNotFoundError('gone', 'id', undefined)) };
  const workflow = { getHandle: (id: string) => (id.startsWith('release/') ? ask : gone) };
  const withDeadline = (_deadline: number, body: () => Promise<unknown>) => body();
  return { workflow, withDeadline } as unknown as Client;
}

const grpc = (code: number) =>
  new ServiceError('Failed to query Workflow', {
    cause: Object.assign(new Error('said by gRPC'), { code, details: 'said by gRPC', metadata: {} }),
  });

test.each([
  ['the deadline of the client', 4],
  ['the deadline as the server sees it', 1],
  ['no worker that has asked lately', 9],
])('a question that nobody answers says that no worker does: %s', async (_, code) => {
  await expect(readLedger(clientWith(grpc(code)), 'demo', '1.0')).rejects.toThrow(
    /^true now: No worker answers\.\nnot done: .*\nnext: Start one/,
  );
});

test('a question that the server refuses says so', async () => {
  await expect(readLedger(clientWith(grpc(7)), 'demo', '1.0')).rejects.toThrow('Failed to query Workflow');
});
