import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectTo, readTemporalConfig } from '../../src/config/connection.js';

let folder: string;
let TEMPORAL_CONFIG_FILE: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'temporal-'));
  TEMPORAL_CONFIG_FILE = path.join(folder, 'temporal.toml');
  await writeFile(
    TEMPORAL_CONFIG_FILE,
    '[profile.default]\n[profile.far]\naddress = "far.example:7233"\nnamespace = "releases"\napi_key = "k"\n',
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('the connection to Temporal', () => {
  test('goes to this machine where nothing is said', () => {
    expect(readTemporalConfig({ TEMPORAL_CONFIG_FILE })).toEqual({
      address: '127.0.0.1:7233',
      namespace: 'default',
      options: { address: '127.0.0.1:7233' },
    });
  });

  test('follows the profile, and the variables before it', () => {
    const far = readTemporalConfig({
      TEMPORAL_CONFIG_FILE,
      TEMPORAL_PROFILE: 'far',
      TEMPORAL_NAMESPACE: 'mine',
    });
    expect(far).toMatchObject({
      address: 'far.example:7233',
      namespace: 'mine',
      options: { tls: true, apiKey: 'k' },
    });
  });

  test('says which profile is missing', () => {
    const env = { TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE: 'none' };
    expect(() => readTemporalConfig(env)).toThrow(
      /The Temporal profile cannot be read \(Profile 'none' not found/,
    );
  });

  test.each([
    ['client', (options: object) => Connection.connect(options)],
    ['worker', (options: object) => NativeConnection.connect(options)],
  ])('of a %s to a server that is not there ends in one sentence', async (_who, connect) => {
    const temporal = readTemporalConfig({ TEMPORAL_CONFIG_FILE, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    await expect(connectTo<{ close(): Promise<void> }>(temporal, connect, 3)).rejects.toThrow(
      /^No Temporal server can be used at 127\.0\.0\.1:1 \(.+\): start one with `slipway up`, or set TEMPORAL_ADDRESS$/,
    );
  });

  test('to a port that never answers ends in the same sentence within its seconds', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const temporal = readTemporalConfig({
      TEMPORAL_CONFIG_FILE,
      TEMPORAL_ADDRESS: `127.0.0.1:${String(port)}`,
    });
    await expect(connectTo(temporal, (options) => Connection.connect(options), 1)).rejects.toThrow(
      /^No Temporal server can be used/,
    );
    silent.close();
  });
});
