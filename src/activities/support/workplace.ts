import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { inThrowawayFolder, toolEnvironment, type Workbench } from './workbench.js';

/** A throwaway place of one activity: a home for its tools and folders beside it. */
export interface Workplace {
  readonly folder: string;
  /** The environment of a tool that runs here. */
  readonly env: Readonly<Record<string, string>>;
  /** A path in the place. */
  at(...names: string[]): string;
  /** A text as people shall read it: without the place's own path, colours, control characters and padding. */
  plain(text: string): string;
}

/** Does something in a throwaway place, which is gone afterwards whatever happens. */
export async function inWorkplace<T>(bench: Workbench, body: (place: Workplace) => Promise<T>): Promise<T> {
  return inThrowawayFolder(bench, async (throwaway) => {
    // Tools report resolved paths, and what they report is compared with ours.
    const folder = await realpath(throwaway);
    const home = path.join(folder, 'home');
    await mkdir(home);
    return body({
      folder,
      env: toolEnvironment(bench, home),
      at: (...names) => path.join(folder, ...names),
      plain: (text) =>
        stripVTControlCharacters(text)
          .replaceAll(`${folder}/`, '')
          .replaceAll(/[^\P{Cc}\n\t]/gu, '')
          .replaceAll(/[ \t]+$/gm, ''),
    });
  });
}
