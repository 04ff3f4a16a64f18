import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** Whether a program would be found, by its path or in the folders of a PATH. */
export async function isProgram(program: string, searched: string): Promise<boolean> {
  const places = program.includes('/')
    ? [program]
    : searched.split(path.delimiter).map((folder) => path.join(folder, program));
  const found = await Promise.all(places.map(isExecutable));
  return found.includes(true);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
