import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, inject, it, onTestFinished } from 'vitest';

import { startTemporal } from '../../src/up/temporal-server.js';

/** A port that somebody listens on until the end of the test. */
async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server whose first start meets a port that is taken; it notes each start. */
async function unluckyOnce(): Promise<{ binary: string; starts: () => Promise<number> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const binary = path.join(folder, 'temporal');
  const log = path.join(folder, 'starts');
  const taken = String(await takenPort());
  await writeFile(
    binary,
    [
      '#!/bin/sh',
      `[ "$1" = server ] || exec '${inject('temporalBinary')}' "$@"`,
      `echo start >> '${log}'`,
      `[ "$(wc -l < '${log}')" -gt 1 ] || set -- "$@" --http-port ${taken}`,
      `exec '${inject('temporalBinary')}' "$@"`,
    ].join('\n'),
  );
  await chmod(binary, 0o700);
  const starts = async () => (await readFile(log, 'utf8')).trim().split('\n').length;
  return { binary, starts };
}

it('a port that somebody has taken before the server could costs another try', async () => {
  const { binary, starts } = await unluckyOnce();
  const server = await startTemporal({ binary });
  await server.stop();
  expect(await starts()).toBe(2);
});

it('a port that people have chosen is not left for another one, and the sentence says why there is no server', async () => {
  const [port, webUiPort] = [await takenPort(), await takenPort()];
  await expect(startTemporal({ binary: inject('temporalBinary'), port, webUiPort })).rejects.toThrow(
    `The Temporal server ended (1) before it was up: Error: can't set frontend port ${String(port)}`,
  );
});
