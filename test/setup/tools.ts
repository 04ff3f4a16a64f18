import type { TestProject } from 'vitest/node';
import { stage } from '../../tools/progress.mjs';
import { pythonTools } from '../../tools/python.mjs';

declare module 'vitest' {
  /** What a test gets with `inject`. */
  export interface ProvidedContext {
    /** The folder of `python`, `pip`, `twine`, `uv`, `coverage` and `pyproject-build`; also in `$SLIPWAY_TOOLS`. */
    pythonTools: string;
  }
}

/** Gets the Python tools ready for a project's tests. */
export async function setup(project: TestProject): Promise<void> {
  const tools: string = await stage('Python tools', (log) => pythonTools({ log }));
  process.env['SLIPWAY_TOOLS'] = tools;
  project.provide('pythonTools', tools);
}
