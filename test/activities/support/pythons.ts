import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Why tests of several Pythons may have to be skipped. */
export const oneOnly = 'this machine has one Python from 3.10 on: put a second one on PATH';

/**
 * The oldest and the newest minor version among the Pythons of this machine, or fewer where it has no two. Those that
 * pyenv keeps are put on this process's PATH, behind everything else: its own shims run only the chosen ones.
 */
export function twoPythons(): string[] {
  const tools = process.env.SLIPWAY_TOOLS ?? '';
  const kept = path.join(process.env.PYENV_ROOT ?? path.join(homedir(), '.pyenv'), 'versions');
  const folders = existsSync(kept) ? readdirSync(kept).map((name) => path.join(kept, name, 'bin')) : [];
  process.env.PATH = [process.env.PATH ?? '', ...folders].join(':');
  const found = ['3.10', '3.11', '3.12', '3.13', '3.14'].filter(
    (version) =>
      spawnSync(path.join(tools, 'uv'), ['python', 'find', '--system', '--no-project', version], {
        env: { ...process.env, UV_PYTHON_DOWNLOADS: 'never' },
        stdio: 'ignore',
      }).status === 0,
  );
  return [...new Set([...found.slice(0, 1), ...found.slice(-1)])];
}

/** The version of the Python of the tools, such as 3.11.7. */
export function ownPython(): string {
  const python = path.join(process.env.SLIPWAY_TOOLS ?? '', 'python');
  return execFileSync(python, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  }).trim();
}
