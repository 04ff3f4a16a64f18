import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { layStage, sampleStages, type SampleStage } from '../../rehearsal/sample.js';

const samples = fileURLToPath(new URL('../../rehearsal/sample', import.meta.url));
const versionFiles = ['pyproject.toml', 'src/meant_it/__init__.py'];

/** The files of a folder by their path in it; what Python leaves behind is no part of a stage. */
async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [relative(folder, file), await readFile(file, 'utf8')] as const);
  return new Map(await Promise.all(read));
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function layUpTo(last: SampleStage): Promise<Map<string, string>> {
  for (const stage of sampleStages.slice(0, sampleStages.indexOf(last) + 1))
    await layStage(samples, stage, folder);
  return filesOf(folder);
}

interface Project {
  project: { version: string };
  tool: {
    setuptools: { 'package-data': { meant_it: string[] } };
    slipway: { suites: Record<string, { covers: string[] }>; modes: Record<string, unknown> };
  };
}

const projectOf = (files: Map<string, string>) =>
  parse(files.get('pyproject.toml') ?? '') as unknown as Project;

describe('the sample package', () => {
  test('holds in each later stage only files that differ from the stage before', async () => {
    for (const [below, stage] of [['stable', 'release'] as const, ['release', 'fix'] as const]) {
      const before = await layUpTo(below);
      for (const [name, text] of await filesOf(join(samples, stage))) {
        expect(before.get(name), `${stage}/${name}`).not.toBe(text);
      }
    }
  });

  test('says 0.1.0 at every stage, in both places', async () => {
    for (const stage of sampleStages) {
      const files = await layUpTo(stage);
      expect(projectOf(files).project.version).toBe('0.1.0');
      expect(files.get('src/meant_it/__init__.py')).toContain('\n__version__ = "0.1.0"\n');
    }
  });

  test('adds at the release a prompt for each mode, and forgets one of them in the wheel', async () => {
    const files = await layUpTo('release');
    const { tool } = projectOf(files);
    expect(Object.keys(tool.slipway.modes)).toEqual(['openai', 'anthropic']);
    for (const mode of Object.keys(tool.slipway.modes))
      expect(files.has(`src/meant_it/prompts/${mode}.txt`)).toBe(true);
    expect(tool.setuptools['package-data'].meant_it).toEqual(['py.typed', 'prompts/openai.txt']);
  });

  test('is fixed by one line of the package data', async () => {
    expect([...(await filesOf(join(samples, 'fix'))).keys()]).toEqual(['pyproject.toml']);
    const before = (await layUpTo('release')).get('pyproject.toml')?.split('\n') ?? [];
    const after = (await layUpTo('fix')).get('pyproject.toml')?.split('\n') ?? [];
    expect(after).toHaveLength(before.length);
    expect(after.filter((line, index) => line !== before[index])).toEqual([
      'meant_it = ["py.typed", "prompts/*.txt"]',
    ]);
  });

  test('declares for its two suites every source file once', async () => {
    const files = await layUpTo('release');
    const sources = [...files.keys()].filter((name) => /^src\/.*(?<!__init__)\.py$/.test(name));
    const covered = Object.values(projectOf(files).tool.slipway.suites).flatMap(({ covers }) => covers);
    expect(covered.sort()).toEqual(sources.sort());
  });
});

describe('laying a stage', () => {
  test('keeps the version that a branch has reached', async () => {
    await layUpTo('release');
    for (const name of versionFiles) {
      const file = join(folder, name);
      await writeFile(file, (await readFile(file, 'utf8')).replace('"0.1.0"', '"0.2.0.dev0"'));
    }
    await layStage(samples, 'fix', folder);

    const files = await filesOf(folder);
    expect(projectOf(files).project.version).toBe('0.2.0.dev0');
    expect(files.get('src/meant_it/__init__.py')).toContain('__version__ = "0.2.0.dev0"');
    expect(files.get('pyproject.toml')).toContain('prompts/*.txt');
  });
});
