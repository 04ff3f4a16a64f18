import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { inspectDistribution } from '../../../src/activities/support/distribution.js';
import { versionOnlyDifferences } from '../../../src/activities/support/version-only.js';
import { tool } from '../../../src/activities/support/workbench.js';
import { makeBench } from './bench.js';

let bench: Awaited<ReturnType<typeof makeBench>>;

beforeAll(async () => {
  bench = await makeBench();
});

afterAll(() => bench.close());

/** Writes a wheel with these entries; RECORD fits them, unless it is given. */
const program = `
import base64, hashlib, json, stat, sys, zipfile
file, entries = sys.argv[1], json.loads(sys.argv[2])
with zipfile.ZipFile(file, "w") as archive:
    record = ""
    for path, text in entries:
        info = zipfile.ZipInfo(path)
        if text.startswith("->"):
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, text)
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\\n"
    if not any(path.endswith("RECORD") for path, _ in entries):
        archive.writestr("fx-1.0.dist-info/RECORD", record + "fx-1.0.dist-info/RECORD,,\\n")
`;

const ordinary: readonly (readonly [string, string])[] = [
  ['fx/__init__.py', '__version__ = "1.0"\n'],
  ['fx-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: fx\nVersion: 1.0\n\nA description\n'],
  [
    'fx-1.0.dist-info/WHEEL',
    'Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  ],
];

async function inspected(more: readonly (readonly [string, string])[], filename = 'fx-1.0-py3-none-any.whl') {
  const file = path.join(bench.settings.state, filename);
  execFileSync(tool(bench, 'python'), [
    '-W',
    'ignore',
    '-c',
    program,
    file,
    JSON.stringify([...ordinary, ...more]),
  ]);
  return inspectDistribution(bench, file, ['src/fx/__init__.py']);
}

test('an ordinary wheel has no problems', async () => {
  expect(await inspected([])).toMatchObject({
    problems: [],
    kind: 'wheel',
    pure: true,
    tags: ['py3-none-any'],
    name: 'fx',
    version: '1.0',
    describes: true,
    generator: 'hand',
  });
});

describe('a wheel is not published', () => {
  test.each([
    ['../evil.py', 'x', 'leads out of the folder'],
    ['/etc/evil.py', 'x', 'leads out of the folder'],
    ['fx\\..\\..\\evil.py', 'x', 'leads out of the folder'],
    ['fx/__init__.py', 'again', 'more than once'],
    ['fx/link', '->/etc/passwd', 'symbolic link'],
    ['fx/.env', 'KEY=1', 'may hold secrets'],
    ['fx/.pypirc', 'x', 'may hold secrets'],
    ['fx/server.pem', '-----BEGIN PRIVATE KEY-----\n', 'private key'],
    ['fx/__pycache__/gone.cpython-311.pyc', 'x', 'compiled code without its source'],
    ['fx/gone.pyc', 'x', 'compiled code without its source'],
    ['fx-1.0.dist-info/RECORD', 'fx/__init__.py,sha256=AAAA,3\nfx/more.py,,\n', 'RECORD does not agree'],
    ['fx-1.0.dist-info/RECORD', 'fx/more.py,,\n', 'which is not there'],
    ['gx-1.0.dist-info/METADATA', 'x', '2 dist-info folders'],
  ])('that holds %s (%j)', async (entry, text, problem) => {
    const { problems } = await inspected([[entry, text]]);
    expect(problems.join('\n')).toContain(problem);
  });

  test('whose file name says another version', async () => {
    expect((await inspected([], 'fx-1.1-py3-none-any.whl')).problems.join()).toContain(
      'its file name says fx 1.1',
    );
  });

  test('that is no archive at all', async () => {
    const file = path.join(bench.settings.state, 'fx-1.0-py3-none-any.whl');
    execFileSync('sh', ['-c', `echo nonsense > '${file}'`]);
    expect((await inspectDistribution(bench, file)).problems.join()).toContain('it is not a wheel');
    const sdist = path.join(bench.settings.state, 'fx-1.0.tar.gz');
    execFileSync('sh', ['-c', `echo nonsense > '${sdist}'`]);
    expect((await inspectDistribution(bench, sdist)).problems.join()).toContain('not a gzipped tar archive');
  });
});

test('harmless neighbours of what is forbidden are let through', async () => {
  const entries = [
    ['fx/.env.example', 'KEY='],
    ['fx/keys.py', 'MARK = "-----BEGIN PRIVATE KEY-----"'],
    ['fx/__pycache__/__init__.cpython-311.pyc', 'x'],
  ] as const;
  expect((await inspected(entries)).problems).toEqual([]);
});

describe('two wheels that differ', () => {
  const files = ['src/fx/__init__.py'];

  test('by an entry that was added or taken away are told apart by its path', async () => {
    const [plain, more] = [await inspected([]), await inspected([['fx/more.py', 'x = 1\n']])];
    expect(versionOnlyDifferences(plain, more, files).map(({ title }) => title)).toEqual([
      'fx-1.0-py3-none-any.whl holds fx/more.py, which fx-1.0-py3-none-any.whl does not',
    ]);
    expect(versionOnlyDifferences(more, plain, files).map(({ title }) => title)).toEqual([
      'fx-1.0-py3-none-any.whl lacks fx/more.py, which fx-1.0-py3-none-any.whl holds',
    ]);
  });

  test('by a problem that only one of them has are not the same', async () => {
    const [plain, broken] = [await inspected([]), await inspected([['fx-1.0.dist-info/RECORD', '']])];
    expect(versionOnlyDifferences(plain, broken, files)).not.toEqual([]);
  });
});
