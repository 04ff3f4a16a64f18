import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.mjs';
import { sourceFiles } from './imports.js';

/** Forges, indexes, their clients and services beside them, which come and go without a change of the procedure. */
const products =
  /github|gitea|forgejo|gitlab|bitbucket|octokit|codecov|(test)?pypi|devpi|pulp|artifactory|warehouse|twine|llm-app/gi;

test.each(['src/workflows', 'src/contract'])(
  'nothing in %s names a forge, an index or a package',
  (folder) => {
    const files = sourceFiles(folder);
    expect(files).not.toEqual([]);
    const named = files.flatMap((file) =>
      [...readFileSync(path.join(root, file), 'utf8').matchAll(products)].map(([name]) => `${file}: ${name}`),
    );
    expect(named).toEqual([]);
  },
);
