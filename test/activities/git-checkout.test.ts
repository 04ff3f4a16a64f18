import { chmod, mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

import { checkout, readCommitTime } from '../../src/activities/support/git.js';
import { freshMirror } from '../../src/activities/support/git/mirror.js';
import { readRef } from '../../src/activities/support/git/objects.js';
import { branch, files, makeWorld, thrown, type World } from './git-world.js';

const target = (world: World) => path.join(world.folder, 'checked-out');

async function checkedOut(world: World, commit: string): Promise<string> {
  await checkout(world.bench, world.repository, commit, target(world));
  return target(world);
}

async function mirrorFolder(world: World): Promise<string> {
  return (await freshMirror(world.bench, world.repository)).folder;
}

describe('a checkout', () => {
  test('is a clean repository of its own, at exactly the commit, with its head detached', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const folder = await checkedOut(world, commit);
    const git = async (...args: string[]) => (await execa('git', ['-C', folder, ...args])).stdout;
    expect(await git('rev-parse', 'HEAD', '--symbolic-full-name', 'HEAD')).toBe(`${commit}\nHEAD`);
    expect(await git('status', '--porcelain')).toBe('');
    expect(await readFile(path.join(folder, 'pyproject.toml'), 'utf8')).toBe(files['pyproject.toml']);
    expect(await readdir(path.join(folder, '.git', 'objects', 'info')).catch(() => [])).not.toContain(
      'alternates',
    );
    expect(await readdir(path.join(folder, '.git'))).not.toContain('hooks');
  });

  test('replaces what stood in the folder', async () => {
    const world = await makeWorld();
    await mkdir(target(world));
    await writeFile(path.join(target(world), 'left-over'), 'x');
    const folder = await checkedOut(world, (await world.source(branch)).commit);
    expect(await readdir(folder)).not.toContain('left-over');
  });

  test('needs the remote only for a commit that is not known yet', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    await writeFile(path.join(world.folder, 'remote.git', 'HEAD'), 'broken');
    expect(await readdir(await checkedOut(world, commit))).toContain('pyproject.toml');
  });

  test('of a commit that is nowhere is an operator failure', async () => {
    const world = await makeWorld();
    const { kind, message } = await thrown(checkedOut(world, '1'.repeat(40)));
    expect([kind, message]).toEqual([
      'operator',
      expect.stringContaining(`holds the commit ${'1'.repeat(40)}`),
    ]);
  });

  test('knows when its commit was made', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const time = Number(await world.git('log', '-1', '--format=%ct', commit));
    expect(await readCommitTime(world.bench, world.repository, commit)).toBe(time);
  });
});

describe('the copy of a repository', () => {
  test('is made once by many at the same time', async () => {
    const world = await makeWorld();
    const { commit } = { commit: await world.ref(`refs/heads/${branch}`) };
    const mirrors = await Promise.all(
      Array.from({ length: 6 }, () => freshMirror(world.bench, world.repository)),
    );
    expect(new Set(mirrors.map(({ inode }) => inode)).size).toBe(1);
    expect(await Promise.all(mirrors.map((mirror) => readRef(mirror, `refs/heads/${branch}`)))).toEqual(
      mirrors.map(() => commit),
    );
    const left = await readdir(path.join(world.bench.settings.state, 'git'));
    expect(left.filter((name) => name !== 'home')).toHaveLength(1);
  });

  test('row 67: the copy of a repository is made again when its objects are damaged', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const objects = path.join(await mirrorFolder(world), 'objects');
    for (const name of await readdir(objects, { recursive: true })) {
      const file = path.join(objects, name);
      if (!(await stat(file)).isFile()) continue;
      await chmod(file, 0o644);
      await truncate(file, 5);
    }
    expect(await readdir(await checkedOut(world, commit))).toContain('pyproject.toml');
  });

  test('row 67: the copy of a repository is made again when one bit of one file has flipped', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const blob = await world.git('rev-parse', `${commit}:src/demo_pkg/core.py`);
    const file = path.join(await mirrorFolder(world), 'objects', blob.slice(0, 2), blob.slice(2));
    const bytes = await readFile(file);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    await chmod(file, 0o644);
    await writeFile(file, bytes);
    const folder = await checkedOut(world, commit);
    expect(await readFile(path.join(folder, 'src/demo_pkg/core.py'), 'utf8')).toBe(
      files['src/demo_pkg/core.py'],
    );
  });

  test('row 67: the copy of a repository gives the whole commit although one of its packs is only half there', async () => {
    const world = await makeWorld();
    const { commit } = await world.source(branch);
    const folder = await mirrorFolder(world);
    await execa('git', ['--git-dir', folder, 'repack', '-a', '-d', '--quiet']);
    const packs = path.join(folder, 'objects', 'pack');
    const pack = (await readdir(packs)).find((name) => name.endsWith('.pack')) ?? '';
    await chmod(path.join(packs, pack), 0o644);
    await truncate(path.join(packs, pack), Math.floor((await stat(path.join(packs, pack))).size / 2));
    const checkout = await checkedOut(world, commit);
    expect(await readFile(path.join(checkout, 'src/demo_pkg/core.py'), 'utf8')).toBe(
      files['src/demo_pkg/core.py'],
    );
    await execa('git', ['-C', checkout, 'fsck', '--full', '--strict']);
  });

  test('row 67: the copy of a repository is made again when a git that was killed left its locks behind', async () => {
    const world = await makeWorld();
    const folder = await mirrorFolder(world);
    await writeFile(path.join(folder, 'refs/heads', `${branch}.lock`), '');
    await writeFile(path.join(folder, 'packed-refs.lock'), '');
    const next = await world.commit({ 'other.txt': 'x' });
    await world.push(branch);
    expect((await world.source(branch)).commit).toBe(next);
  });

  test('does not wait for a process that died while it held the lock', async () => {
    const world = await makeWorld();
    const lock = `${await mirrorFolder(world)}.lock`;
    await writeFile(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await freshMirror(world.bench, world.repository);
    await expect(stat(lock)).rejects.toThrow('ENOENT');
  });

  test('forgets branches that are gone', async () => {
    const world = await makeWorld();
    await world.source(branch);
    await world.git('push', '--quiet', world.repository, `:refs/heads/${branch}`);
    const mirror = await freshMirror(world.bench, world.repository);
    expect(await readRef(mirror, `refs/heads/${branch}`)).toBeUndefined();
  });
});

describe('a hostile repository', () => {
  test('runs nothing: no hook, monitor, filter, helper or submodule', async () => {
    const world = await makeWorld();
    const marker = path.join(world.folder, 'marker');
    const evil = path.join(world.folder, 'evil.sh');
    await writeFile(evil, `#!/bin/sh\ntouch ${marker}\ncat\n`);
    await chmod(evil, 0o755);
    const config = `[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfsmonitor = ${evil}\n\thooksPath = hooks\n[uploadpack]\n\tpackObjectsHook = ${evil}\n[filter "evil"]\n\tsmudge = ${evil}\n\tclean = ${evil}\n\trequired = true\n`;
    await world.commit({
      '.gitattributes': '* filter=evil diff=evil merge=evil\n*.bin filter=lfs\n',
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ext::sh ${evil}\n\tupdate = !${evil}\n`,
      // A bare repository inside the tree.
      'embedded/HEAD': 'ref: refs/heads/main\n',
      'embedded/config': config,
      'embedded/objects/keep': '',
      'embedded/refs/keep': '',
      'embedded/hooks/post-checkout': '#!/bin/sh\ntouch marker\n',
      HEAD: 'ref: refs/heads/main\n',
      config: config,
      'data.bin': 'version https://git-lfs.github.com/spec/v1\n',
    });
    await world.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},x`);
    await world.git('commit', '--quiet', '--message', 'Submodule');
    await world.push(branch);
    await writeFile(path.join(world.folder, 'remote.git', 'config'), config);
    await writeFile(
      path.join(world.folder, 'remote.git', 'hooks', 'post-checkout'),
      `#!/bin/sh\ntouch ${marker}\n`,
    );
    const commit = (await world.ref(`refs/heads/${branch}`)) ?? '';
    const folder = await checkedOut(world, commit);
    expect(await readdir(folder)).toContain('data.bin');
    expect(await readdir(path.join(folder, 'x'))).toEqual([]);
    await expect(stat(marker)).rejects.toThrow('ENOENT');
    await expect(stat(path.join(folder, 'embedded', 'marker'))).rejects.toThrow('ENOENT');
  });
});
