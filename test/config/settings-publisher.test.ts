import { describe, expect, test } from 'vitest';

import { secretNames } from '../../src/config/secrets.js';
import { readLines as read } from './settings-lines.js';

const trusted = '[production]\npublisher = "trusted"';
const local = `${trusted}\nname = "ours"\nyanks = true\nupload = "http://127.0.0.1:1/legacy/"\nsimple = "http://127.0.0.1:1/simple/"`;
const forge = (kind: string, more = '') =>
  `[packages.demo]\nrepository = "https://example.org/o/demo.git"\nforge = { kind = "${kind}", token = "FORGE_TOKEN"${more} }`;

describe('a trusted publisher', () => {
  test('leaves no secret that could upload to production', async () => {
    const settings = await read(trusted, forge('github'));
    expect(settings.production).toMatchObject({ name: 'pypi', user: '__token__', publisher: 'trusted' });
    expect(settings.production).not.toHaveProperty('token');
    expect(secretNames(settings, 'publish')).toEqual(['TESTPYPI_TOKEN', 'FORGE_TOKEN']);
  });

  test.each([
    ['a token', [`${trusted}\ntoken = "PYPI_TOKEN"`, forge('github')], 'take the key token out'],
    [
      'a package on another forge',
      [trusted, forge('gitea')],
      'demo cannot be uploaded by a trusted publisher',
    ],
    [
      'an index that is not PyPI',
      [local.replaceAll('http://127.0.0.1:1', 'https://index.example.org'), forge('github')],
      'uploads to pypi and not to ours',
    ],
    ['a real forge beside an index on loopback', [local, forge('github')], 'on loopback beside this index'],
    [
      'PyPI beside a forge on loopback',
      [trusted, forge('github', ', api = "http://127.0.0.1:2/api/v3"')],
      'a workflow of its repository on GitHub',
    ],
    ['the test index', ['[test]\npublisher = "trusted"'], 'is no key here'],
  ])('does not go with %s', async (_name, lines, sentence) => {
    await expect(read(...lines)).rejects.toThrow(sentence);
  });

  test('is rehearsed where index and forge both are on loopback', async () => {
    const settings = await read(local, forge('github', ', api = "http://127.0.0.1:2/api/v3"'));
    expect(settings.production.token).toBeUndefined();
  });
});

describe('a workflow that publishes by itself', () => {
  const stranger = 'publishing-workflows = "tell" of demo is for rehearsals';
  const tells = (at: string) =>
    `[packages.demo]\nrepository = "${at}/o/demo.git"\nforge = { kind = "github", token = "FORGE_TOKEN", api = "${at}/api/v3", publishing-workflows = "tell" }`;
  const index = local.replace('publisher = "trusted"\n', '');

  test('refuses a release by default, and is told where everything that it could reach is a stand-in', async () => {
    const choice = async (...lines: string[]) =>
      (await read(...lines)).packages.demo?.forge.publishingWorkflows;
    expect(await choice(forge('github'))).toBe('refuse');
    expect(await choice(index, tells('http://127.0.0.1:2'))).toBe('tell');
  });

  test.each([
    ['on a real forge, although the index is a stand-in', [index, tells('https://example.org')]],
    ['beside a real index, although the forge is a stand-in', [tells('http://127.0.0.1:2')]],
    [
      'where only the API of the forge is a stand-in',
      [index, tells('http://127.0.0.1:2').replace('"http://127.0.0.1:2/o', '"https://example.org/o')],
    ],
    ['where everything is real', [tells('https://example.org')]],
  ])('is not only told %s', async (_name, lines) => {
    await expect(read(...lines)).rejects.toThrow(stranger);
  });
});
