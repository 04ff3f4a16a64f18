import path from 'node:path';

import { execa } from 'execa';

/** The simple index that pip on this machine uses: the user's mirror if there is one, else pip's own default. */
export async function upstreamAddress(pythonTools: string): Promise<string> {
  const python = path.join(pythonTools, 'python');
  const { stdout, exitCode } = await execa(python, ['-m', 'pip', 'config', 'get', 'global.index-url'], {
    reject: false,
  });
  if (exitCode === 0 && stdout.trim() !== '') return stdout.trim();
  const asked = await execa(python, [
    '-c',
    'from pip._internal.models.index import PyPI; print(PyPI.simple_url)',
  ]);
  return `${asked.stdout.trim()}/`;
}
