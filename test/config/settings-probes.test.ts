import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { readSettings } from '../../src/config/settings.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'settings-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function probesOf(content: string) {
  const file = path.join(folder, 'slipway.toml');
  await writeFile(file, `approvers = ["mara"]\n[packages.fx-demo]\nrepository = "git"\n${content}`);
  return readSettings(file).probes;
}

test('the index is probed beside what else is named, and not where it is taken out', async () => {
  const names = async (content: string) => (await probesOf(content)).map(({ name }) => name);
  expect(await names('')).toEqual(['index']);
  expect(await names('[probes.install]')).toEqual(['index', 'install']);
  expect(await names('[probes.index]\nenabled = false')).toEqual([]);
});

test('a probe waits for its interval before its first time, unless it has a delay of its own', async () => {
  const [index, install] = await probesOf(
    '[probes.index]\ninterval = "10m"\n[probes.install]\ndelay = "1m"\nreport-only = true',
  );
  expect(index).toMatchObject({ intervalSeconds: 600, delaySeconds: 600, reportOnly: false });
  expect(install).toMatchObject({ intervalSeconds: 3600, delaySeconds: 60, reportOnly: true });
});

test('issues are asked about where they are named, and one of them is enough', async () => {
  expect((await probesOf('[probes.issues]'))[1]).toMatchObject({
    ...{ name: 'issues', work: { does: 'issues' }, intervalSeconds: 900, failures: 1 },
  });
  const [index, issues] = await probesOf('[probes.index]\n[probes.issues]\nfailures = 3');
  expect([index?.failures, issues?.failures]).toEqual([2, 3]);
});

test('a probe by tests names a mode or an application, and may guard some packages only', async () => {
  const probes = await probesOf(
    '[probes.smoke]\nmode = "openai"\npackages = ["fx-demo"]\n[probes.bot]\napplication = "chatbot"',
  );
  expect(probes.slice(1)).toMatchObject([
    { name: 'smoke', work: { does: 'mode', mode: 'openai' }, packages: ['fx-demo'] },
    { name: 'bot', work: { does: 'application', application: 'chatbot' } },
  ]);
});

test.each([
  ['[probes.smoke]', 'smoke needs either the key mode or the key application'],
  ['[probes.smoke]\nmode = "a"\napplication = "b"', 'smoke needs either the key mode or the key application'],
  ['[probes.install]\nmode = "a"', 'install takes neither mode nor application'],
  ['[probes.index]\npackages = ["other"]', 'index guards other, which is no package of this file'],
  ['[probes.index]\ninterval = "soon"', 'must be a duration'],
  ['[probes.index]\nfailures = 0', 'must be at least 1'],
])('refuses %j with what to write', async (content, problem) => {
  await expect(probesOf(content)).rejects.toThrow(problem);
});
