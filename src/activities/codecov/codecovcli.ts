import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { Digest, Sha } from '../../contract/release.js';
import { redact } from '../../evidence/redact.js';
import { scriptPath } from '../support/scripts.js';
import { runKept, tool, type Workbench } from '../support/workbench.js';
import { inWorkplace } from '../support/workplace.js';

/** One suite's report of one commit. */
export interface Report {
  readonly commit: Sha;
  readonly branch: string;
  readonly suite: string;
  /** The upload's own name, by which it is found again. */
  readonly name: string;
  readonly xml: Digest;
}

/** What came of one upload; `queued` means that it was taken in, not that it can be processed. */
export type UploadAnswer = (
  { readonly queued: true } | { readonly status: number; readonly said: string } | { readonly lost: string }
) & {
  /** What the tool printed, in the artifact store. */
  readonly log: Digest;
};

const answerShape = z.union([
  z.object({ queued: z.literal(true) }),
  z.object({ status: z.number(), said: z.string() }),
  z.object({ lost: z.string() }),
]);

/** Where reports go, and what opens it. */
export interface Destination {
  readonly address: string;
  /** The kind of git host, as Codecov names it. */
  readonly host: string;
  readonly slug: string;
  readonly token: string;
}

/** Sends one report; the token stands in the environment of that one process and nowhere else. */
export async function uploadReport(bench: Workbench, report: Report, to: Destination): Promise<UploadAnswer> {
  const bytes = await bench.store.get(report.xml);
  return inWorkplace(bench, async (place) => {
    const file = place.at('coverage.xml');
    await writeFile(file, bytes);
    // Whatever a list of files leaves out is left out of the report, and no checkout is here to be listed.
    const network = place.at('network');
    await mkdir(network);
    const answer = place.at('answer.json');
    const script = [tool(bench, 'python'), '-I', scriptPath('upload_with_codecovcli.py'), answer] as const;
    const args = [...argumentsFor(report, to), '--network-root-folder', network, '-f', file];
    const result = await runKept(bench, [...script, ...args], {
      cwd: place.folder,
      env: {
        ...place.env,
        CODECOV_TOKEN: to.token,
        // A repository around the state folder is none of codecovcli's business, nor is its codecov.yml.
        GIT_CEILING_DIRECTORIES: path.dirname(place.folder),
      },
      timeoutSeconds: 300,
      hide: [to.token],
    });
    const text = await readFile(answer, 'utf8').catch(() => undefined);
    if (text !== undefined)
      return { ...answerShape.parse(JSON.parse(redact(text, [to.token]))), log: result.log };
    const lost = result.timedOut
      ? 'codecovcli did not end within 5 minutes'
      : result.output.trim().slice(-500);
    return { lost, log: result.log };
  });
}

/** Nothing is left to be guessed, searched or told to others, and an error of HTTP is a failure. */
function argumentsFor(
  { commit, branch, suite, name }: Report,
  { address, host, slug }: Destination,
): string[] {
  return [
    ...['--disable-telem', '-u', address, 'upload-process', '-Z'],
    ...['--git-service', host, '-r', slug, '-C', commit, '-B', branch, '-F', suite, '-n', name],
    ...['--disable-search', '--disable-file-fixes', '--plugin', 'noop'],
  ];
}
