import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The sample package's three stages, in their order: each is laid over the one before. */
export const sampleStages = ['stable', 'release', 'fix'] as const;

/** One of the sample package's stages. */
export type SampleStage = (typeof sampleStages)[number];

const versionFiles = ['pyproject.toml', join('src', 'meant_it', '__init__.py')];
const versionLine = /^(?:__version__|version) = ".*"$/m;

/**
 * Copies a stage's files into a folder. A version that already stands there is kept, as a person's commit
 * keeps it who starts from the head of the branch: the stages themselves all say 0.1.0.
 */
export async function layStage(samples: string, stage: SampleStage, folder: string): Promise<void> {
  const before = await Promise.all(versionFiles.map((name) => readVersionLine(join(folder, name))));
  await cp(join(samples, stage), folder, { recursive: true });
  for (const [index, name] of versionFiles.entries()) {
    const line = before[index];
    if (line === undefined) continue;
    const file = join(folder, name);
    await writeFile(file, (await readFile(file, 'utf8')).replace(versionLine, line));
  }
}

async function readVersionLine(file: string): Promise<string | undefined> {
  return existsSync(file) ? versionLine.exec(await readFile(file, 'utf8'))?.[0] : undefined;
}
