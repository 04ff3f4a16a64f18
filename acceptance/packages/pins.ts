import type { Sdist } from './sdist.js';

function sdist(filename: string, sha256: string): Sdist {
  const project = filename
    .slice(0, filename.lastIndexOf('-'))
    .toLowerCase()
    .replaceAll(/[-_.]+/g, '-');
  return { project, filename, sha256 };
}

/** The source distributions, pinned by their bytes. */
export const pins = {
  cachetools: sdist(
    'cachetools-8.0.1.tar.gz',
    'deb1d376d4d28c2f33f3e3058043b005e0af75c35c094bd54053e27d2906ad95',
  ),
  colorama: sdist(
    'colorama-0.4.6.tar.gz',
    '08695f5cb7ed6e0531a20572697297273c47b8cae5a63ffc6d6ed5c201be6e44',
  ),
  environs: sdist(
    'environs-11.2.1.tar.gz',
    'e068ae3174cef52ba4b95ead22e639056a02465f616e62323e04ae08e86a75a4',
  ),
  humanize: sdist(
    'humanize-4.17.0.tar.gz',
    '1d6a36c453dbfbb3f0b34601d2e0b4ce5d48d780305cd45714843f0068fde6ac',
  ),
  idna: sdist('idna-3.20.tar.gz', 'a7db850025b95ded1eae8a46181a1a6c56c92c96f0e2b005d9ff8dc0210cab44'),
  iniconfig: sdist(
    'iniconfig-2.3.1.tar.gz',
    '67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960',
  ),
  jaracoFunctools: sdist(
    'jaraco_functools-4.6.0.tar.gz',
    '880c577ec9720b3a052d5bc611fb9f2269b3d87902ef42440df443b88e443280',
  ),
  pyprojectHooks: sdist(
    'pyproject_hooks-1.3.3.tar.gz',
    'defda19b854fa0d3bd4f76ea4ddcba8abd7dcfcdd585a6690ade050744fc5f43',
  ),
  pytestMock: sdist(
    'pytest_mock-3.17.0.tar.gz',
    'e36576e0985e01027e999891e7a966c67822d40c89ef1b4c8b6e22737e3590b4',
  ),
  pytestRepeat: sdist(
    'pytest_repeat-0.9.4.tar.gz',
    'd92ac14dfaa6ffcfe6917e5d16f0c9bc82380c135b03c2a5f412d2637f224485',
  ),
  pytestTimeout: sdist(
    'pytest_timeout-2.5.0.tar.gz',
    '68c9d82dfe95fa65712e107010c9344e7d8b4afe8c975a7be0d273d939583a93',
  ),
  sphinxcontribSerializinghtml: sdist(
    'sphinxcontrib_serializinghtml-2.0.0.tar.gz',
    'e9d912827f872c029017a53f0ef2180b327c3f7fd23c87229f7a8e8b70031d4d',
  ),
  sqlparse: sdist(
    'sqlparse-0.6.1.tar.gz',
    'ca722573f848ff2d30e40ea30f53a104b7dea7635ea9285891263eb2c58fb6e7',
  ),
  tomlkit: sdist('tomlkit-0.15.2.tar.gz', '83e32755ba1d20d9340bd069ee97e9f6232ba2346b63ffcba425de01f7e327a6'),
} as const;
