import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';

import type { ForgeStandIn } from '../../rehearsal/forge/contract.js';
import { startForge } from '../../rehearsal/forge/stand-in.js';
import { halfModelled } from '../acceptance/half-modelled.js';
import { answer, approveAll, gateOf, outcome, waitsAt } from '../workflows/playing.js';

const credentialsOf = (login: string) => `${login}:token-of-${login}`;

/** A forge with one repository, to which the service's old and its new name may push. */
async function openForge(): Promise<ForgeStandIn> {
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-forge-'));
  const logins = ['ada', 'old', 'new'];
  const forge = await startForge({
    folder,
    accounts: logins.map((login) => ({ login, token: `token-of-${login}` })),
    repositories: [
      {
        owner: 'o',
        name: 'demo',
        private: true,
        permissions: Object.fromEntries(logins.map((login) => [login, 'write' as const])),
      },
    ],
  });
  onTestFinished(async () => {
    await forge.close();
    await rm(folder, { recursive: true, force: true });
  });
  return forge;
}

it('row 17: a credential that is revoked in the middle is tried once and asked about, and the release goes on with a new one', async () => {
  const forge = await openForge();
  const secrets = { GIT_CREDENTIALS: credentialsOf('old') };
  const remote = (...args: string[]) =>
    execFileSync('git', ['--git-dir', forge.gitFolder('o/demo'), ...args], { encoding: 'utf8' }).trim();
  const release = await halfModelled(
    {},
    {
      watchSeconds: 1,
      async host(folder) {
        const to = forge.cloneUrl('o/demo', 'ada');
        await execa('git', ['-C', folder, 'push', '--quiet', to, 'main', 'release/1.0.0', 'v0.9.0']);
        return {
          place: { repository: forge.cloneUrl('o/demo'), credentials: 'GIT_CREDENTIALS' },
          secrets,
        };
      },
    },
  );
  expect(await release.start()).toEqual({ state: 'admitted' });
  await approveAll(release, 'branch');
  await release.until(waitsAt('merge'));
  const before = remote('rev-parse', 'main');

  forge.misbehave({ by: 'old', fault: { kind: 'answer', status: 401, message: 'Bad credentials' } });
  const refused = () => forge.journal().filter((entry) => entry.kind === 'request' && entry.status === 401);
  const known = refused().length;
  await approveAll(release, 'merge');
  const { subject } = gateOf(await release.until(waitsAt('trouble')), 'trouble');
  expect(Object.fromEntries(subject.map(({ label, value }) => [label, value]))).toMatchObject({
    'true now': expect.stringMatching(/^git is not let in at /) as unknown,
    'not done': 'Nothing was read or changed there.',
    next: expect.stringMatching(/the worker has to be started again\), then send `retry`\.$/) as unknown,
  });
  // Nothing of it is said to whoever reads the card.
  expect(JSON.stringify(await release.ledger())).not.toContain('token-of-old');

  await release.stopWorkers();
  expect(refused().length - known).toBeLessThanOrEqual(2);
  secrets.GIT_CREDENTIALS = credentialsOf('new');
  await release.startWorkers();
  await answer(release, 'trouble', 'retry');
  await approveAll(release, 'production');
  expect(await outcome(release)).toMatchObject({ outcome: 'released' });
  expect(refused().length - known).toBeLessThanOrEqual(2);
  expect(remote('rev-list', '--first-parent', '--count', `${before}..main`)).toBe('2');
  expect(remote('rev-parse', 'v1.0.0^{commit}')).toBe((await release.ledger()).final?.commit);
});
