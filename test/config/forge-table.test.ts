import { expect, test } from 'vitest';

import { forgeTable } from '../../src/config/forge-schema.js';

const app = { id: '1', installation: '2', key: 'APP_KEY' };

test.each([
  { kind: 'git' },
  { kind: 'github', token: 'FORGE_TOKEN' },
  { kind: 'github', app },
  { kind: 'gitea', token: 'FORGE_TOKEN', api: 'https://git.example.org/under/api/v1' },
])('a forge may be %j', (table) => {
  expect(forgeTable.parse(table)).toMatchObject(table);
});

test.each([
  [{ kind: 'bazaar' }, 'must be one of git, github, gitea'],
  [
    { kind: 'github' },
    'the forge github needs the name of a secret: token = "FORGE_TOKEN", or an app, and not both',
  ],
  [{ kind: 'gitea' }, 'the forge gitea needs the name of a secret: token = "FORGE_TOKEN", and knows no apps'],
  [
    { kind: 'gitea', token: 'FORGE_TOKEN', app },
    'the forge gitea needs the name of a secret: token = "FORGE_TOKEN", and knows no apps',
  ],
])('a forge is not %j', (table, expected) => {
  expect(forgeTable.safeParse(table).error?.issues.map(({ message }) => message)).toEqual([expected]);
});
