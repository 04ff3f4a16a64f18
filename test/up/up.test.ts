import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { expect, inject, onTestFinished, test } from 'vitest';

import { freePort } from '../../src/up/temporal-server.js';
import { root } from '../../tools/paths.mjs';
import { slipway } from '../client/slipway.js';
import { saying } from '../workflows/playing.js';
import { patience } from '../setup/patience.js';

const ends = [
  ['it is interrupted', 'SIGINT'],
  ['its terminal is closed', 'SIGHUP'],
] as const;

test.each(ends)(
  'one command runs a server and the workers of all zones, and ends both when %s',
  async (_, signal) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-up-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(path.join(folder, 'slipway.toml'), settings);
    const [port, webUiPort] = [await freePort(), await freePort()];
    const address = `127.0.0.1:${String(port)}`;
    const ports = ['--port', String(port), '--web-ui-port', String(webUiPort)];
    const up = execa(process.execPath, [path.join(root, 'bin', 'slipway.js'), 'up', ...ports], {
      cwd: folder,
      env: {
        SLIPWAY_TEMPORAL: inject('temporalBinary'),
        TESTPYPI_TOKEN: 'made up',
        PYPI_TOKEN: 'made up',
      },
      reject: false,
      all: true,
    });
    onTestFinished(() => void up.kill('SIGTERM'));
    // A worker answers why a release of this package cannot begin.
    const start = () => slipway(['start', 'my-package', '1.4.0', '--as', 'ada'], address);
    await expect.poll(start, patience).toMatchObject({ exitCode: 1, stderr: saying('is not started') });
    expect((await fetch(`http://127.0.0.1:${String(webUiPort)}`)).status).toBe(200);
    up.kill(signal);
    await once(up, 'exit');
    expect((await slipway(['list'], address)).exitCode).toBe(4);
  },
);

const settings = `
approvers = ["ada", "grace"]

[packages.my-package]
repository = "/nowhere/my-package.git"
`;
