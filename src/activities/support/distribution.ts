import { z } from 'zod';

import { runScript } from './scripts.js';
import type { Workbench } from './workbench.js';

const inspectionShape = z.object({
  kind: z.enum(['wheel', 'sdist']),
  filename: z.string(),
  /** Whether it holds nothing that was compiled for one machine. */
  pure: z.boolean(),
  tags: z.array(z.string()),
  /** The wheel's dist-info folder, or the sdist's one folder at its top. */
  infoFolder: z.string().default(''),
  /** The build backend and its version, from the wheel. */
  generator: z.string().default(''),
  name: z.string().default(''),
  version: z.string().default(''),
  /** Whether there is a description. */
  describes: z.boolean().default(false),
  contentType: z.string().default(''),
  entries: z.array(
    z.object({
      path: z.string(),
      sha256: z.string(),
      executable: z.boolean(),
      /** Of metadata and of the files that were asked for. */
      text: z.string().optional(),
    }),
  ),
  /** What is wrong with it, one clause each. */
  problems: z.array(z.string()),
});

/** What a wheel or an sdist holds. */
export type Inspection = z.output<typeof inspectionShape>;

/** Reads a distribution without unpacking or running anything of it; `texts` are the files whose text is wanted. */
export async function inspectDistribution(
  bench: Workbench,
  file: string,
  texts: readonly string[] = [],
): Promise<Inspection> {
  return runScript(bench, 'inspect_distribution.py', [file, ...texts], inspectionShape);
}
