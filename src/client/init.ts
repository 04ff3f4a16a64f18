import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { publishEnvironment, publishFile, publishPath, publishWorkflow } from '../config/publish-workflow.js';
import { ClientFailure, exitCodes } from './failures.js';

/** Makes the workflow of a trusted publisher in a checkout of a package, and says what else is to be done. */
export async function init(folder: string, force: boolean): Promise<string> {
  const file = path.join(folder, publishPath);
  if ((await textOf(path.join(folder, 'pyproject.toml'))) === undefined)
    throw new ClientFailure(
      {
        now: `There is no pyproject.toml in ${folder}.`,
        not: 'Nothing was written.',
        next: 'Go to the root of a checkout of the package, or name it: `slipway init <folder>`.',
      },
      exitCodes.refused,
    );
  const before = await textOf(file);
  if (before !== undefined && before !== publishWorkflow && !force)
    throw new ClientFailure(
      {
        now: `${publishPath} is there and is not what this version of Slipway makes.`,
        not: 'Nothing was written.',
        next: 'Look at it, and overwrite it with `slipway init --force`.',
      },
      exitCodes.refused,
    );
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, publishWorkflow);
  return [
    `${publishPath} ${before === publishWorkflow ? 'was there already' : 'is written'}. What is left to do:`,
    '',
    ...toDo(await originOf(folder)),
  ].join('\n');
}

function toDo({ owner, name }: Origin): string[] {
  return [
    '1. Commit it, and merge it into every branch that is released into and the default branch.',
    '2. Tell PyPI to trust it: on the page of the project, under Publishing, add a GitHub publisher:',
    `     Owner              ${owner}`,
    `     Repository name    ${name}`,
    `     Workflow name      ${publishFile}`,
    `     Environment name   ${publishEnvironment}`,
    `3. On GitHub make the environment ${publishEnvironment}: let only those branches into it, and ask reviewers if every`,
    '   upload shall wait for one.',
    '4. Give the token of the service there write access to actions.',
    '5. Write publisher = "trusted" into [production] of slipway.toml and restart the worker. Then delete the',
    '   upload token on PyPI: nothing needs it any more.',
  ];
}

interface Origin {
  readonly owner: string;
  readonly name: string;
}

/** Whose repository a checkout is of, as far as git's own file tells. */
async function originOf(folder: string): Promise<Origin> {
  const config = (await textOf(path.join(folder, '.git', 'config'))) ?? '';
  const address = /^\[remote "origin"\][^[]*?^\s*url\s*=\s*(\S+)/m.exec(config)?.[1] ?? '';
  const [, owner, name] = /[/:]([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(address) ?? [];
  return { owner: owner ?? 'the owner of the repository', name: name ?? 'its name' };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // Of a further work tree .git is a file.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
