import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { retryAfterSeconds } from '../support/http.js';
import { scriptPath } from '../support/scripts.js';
import { runKept, tool, toolEnvironment, type Workbench } from '../support/workbench.js';
import type { Sender, UploadAnswer } from './publisher.js';

const answerShape = z.union([
  z.object({ status: z.literal(200) }),
  z.object({ status: z.number(), reason: z.string(), retryAfter: z.string().nullable() }),
  z.object({ lost: z.string() }),
  z.object({ refused: z.string() }),
]);

/** Sends files with twine and a token, which stands in the environment of that one process and nowhere else; each gets so many seconds. */
export function twine(bench: Workbench, seconds = 1800): Sender {
  return {
    name: 'twine',
    async send({ index, file, user, token, folder }) {
      const answerFile = path.join(folder, 'answer.json');
      const result = await runKept(
        bench,
        [tool(bench, 'python'), '-I', scriptPath('upload_with_twine.py'), answerFile, file],
        {
          cwd: folder,
          env: {
            ...toolEnvironment(bench, folder),
            TWINE_REPOSITORY_URL: index.upload,
            TWINE_USERNAME: user,
            TWINE_PASSWORD: token,
            TWINE_NON_INTERACTIVE: '1',
          },
          timeoutSeconds: seconds,
          hide: [token],
        },
      );
      const text = await readFile(answerFile, 'utf8').catch(() => undefined);
      if (text !== undefined) return { ...answerFrom(answerShape.parse(JSON.parse(text))), log: result.log };
      const reason = result.timedOut
        ? `twine did not end within ${String(seconds)} seconds`
        : result.output.trim().slice(-500);
      return { kind: 'unknown', reason, log: result.log };
    },
  };
}

type WithoutLog<T> = T extends unknown ? Omit<T, 'log'> : never;

function answerFrom(answer: z.output<typeof answerShape>): WithoutLog<UploadAnswer> {
  if ('lost' in answer) return { kind: 'unknown', reason: answer.lost };
  if ('refused' in answer) return { kind: 'unsendable', reason: answer.refused };
  if (!('reason' in answer)) return { kind: 'accepted' };
  const { status, reason, retryAfter } = answer;
  return { kind: 'refused', status, reason, retryAfterSeconds: retryAfterSeconds(retryAfter) };
}
