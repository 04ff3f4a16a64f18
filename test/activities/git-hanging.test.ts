import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test, vi } from 'vitest';

import { patience } from '../setup/patience.js';
import { beforeGit, branch, makeWorld, subject, thrown, type World } from './git-world.js';
import { isRunning } from './support/processes.js';

/** What hangs writes who it is, and does not end when it is asked to. */
const hang = (world: World) => `trap '' TERM; echo $$ > ${world.folder}/hanging; sleep 3600`;

async function expectNothingLeft(world: World): Promise<void> {
  const pid = await readFile(path.join(world.folder, 'hanging'), 'utf8');
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { ...patience, timeout: 5000 });
  expect(await world.leftovers()).toEqual([]);
}

const limited = () => makeWorld({ network: { 'git-limit': 2 } });

test('row 16: a push to a remote that hangs is ended with all of it, changes nothing, and goes through later', async () => {
  const world = await limited();
  const source = await world.source(branch);
  const input = { source, version: '0.2.0.dev0', subject, branch };
  await world.hook('pre-receive', hang(world));
  const { kind, message } = await thrown(world.activities.ensureVersionCommit(input));
  expect([kind, message]).toEqual(['Error', expect.stringMatching(/^git could not reach .* in time: /)]);
  await expectNothingLeft(world);
  expect(await world.ref(`refs/heads/${branch}`)).toBe(source.commit);
  await world.removeHook('pre-receive');
  expect(await world.activities.ensureVersionCommit(input)).toMatchObject({ passed: true });
});

test('row 16: a fetch from a remote that hangs is ended with all of it', async () => {
  const world = await limited();
  await beforeGit(world, () => `case " $* " in *" fetch "*) ${hang(world)};; esac`);
  const { message } = await thrown(
    world.activities.readBranch({ repository: world.repository, branch, ...subject }),
  );
  expect(message).toMatch(/^git could not reach .* in time: /);
  await expectNothingLeft(world);
});
