import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';
import type { FormChanges, Made } from './tools.js';

const DAY = 24 * 60 * 60 * 1000;

let index: IndexStandIn;
let made: Made;
let later: number;

beforeEach(async () => {
  later = 0;
  index = await tools.runningIndex({ now: () => new Date(Date.now() + later) });
  made = await tools.makeDistributions('wh-demo', '1.0.0');
});

/** A row that only a plain client can bring about, because twine sends what the file says. */
interface FormRow {
  readonly what: string;
  readonly changes: FormChanges;
  readonly sdist?: true;
  readonly reason: RegExp;
}

const forms: readonly FormRow[] = [
  { what: 'no file', changes: { content: null }, reason: /^Upload payload does not have a file\.$/ },
  { what: 'an unknown protocol', changes: { protocol_version: '2' }, reason: /^Unknown protocol version\.$/ },
  {
    what: 'no metadata version',
    changes: { metadata_version: null },
    reason: /^None is not a valid metadata version\. See /,
  },
  {
    what: 'an impossible name',
    changes: { name: '-demo' },
    reason: /^'-demo' is an invalid value for Name\. Error: Start and end with /,
  },
  { what: 'no version', changes: { version: null }, reason: /^'version' is a required field\. See / },
  {
    what: 'a version that is not PEP 440',
    changes: { version: '1.0-final' },
    reason: /^'1\.0-final' is invalid for 'version'\. See /,
  },
  {
    what: 'a local version',
    changes: { version: '1.0+here' },
    reason: /^The use of local versions in '1\.0\+here' is not allowed\. See /,
  },
  {
    what: 'an unknown file type',
    changes: { filetype: 'bdist_egg' },
    reason: /^Invalid value for filetype\. Error: Use a known file type\.$/,
  },
  {
    what: 'no digest',
    changes: { sha256_digest: null },
    reason: /^Error: Include at least one message digest\.$/,
  },
  {
    what: 'a malformed digest',
    changes: { sha256_digest: 'abc' },
    reason: /^Invalid value for sha256_digest\. Error: Use a valid, hex-encoded, SHA256 message digest\.$/,
  },
  {
    what: 'the sha256 of other bytes',
    changes: { sha256_digest: 'a'.repeat(64) },
    reason: /^The digest supplied does not match a digest calculated from the uploaded file\.$/,
  },
  {
    what: 'the md5 of other bytes',
    changes: { md5_digest: 'a'.repeat(32) },
    reason: /^The digest supplied does not match /,
  },
  {
    what: 'the blake2 of other bytes',
    changes: { blake2_256_digest: 'a'.repeat(64) },
    reason: /^The digest supplied does not match /,
  },
  {
    what: 'a dependency by address',
    changes: { requires_dist: ['six', 'demo @ https://example.invalid/demo.whl'] },
    reason: /^Can't have direct dependency: demo @ /,
  },
  {
    what: 'a private classifier',
    changes: { classifiers: ['Private :: Do Not Upload'] },
    reason: /^'Private :: Do Not Upload' is not a valid classifier\. See /,
  },
  {
    what: 'two kinds of license',
    changes: { license: 'MIT', license_expression: 'MIT' },
    reason: /^License is deprecated when License-Expression is present\./,
  },
  {
    what: 'a malformed requires-python',
    changes: { requires_python: 'three' },
    reason: /^'three' is invalid for 'requires-python'\. See /,
  },
  {
    what: 'a summary of two lines',
    changes: { summary: 'one\ntwo' },
    reason: /^'summary' must be a single line\. See /,
  },
  {
    what: 'a path for a filename',
    changes: { filename: '..\\wh_demo-1.0.0-py3-none-any.whl' },
    reason: /^Cannot upload a file with '\/' or '\\' in the name\.$/,
  },
  {
    what: 'an unknown extension',
    changes: { filename: 'wh_demo-1.0.0.exe' },
    reason: /^Invalid file extension: Use \.tar\.gz, \.whl or \.zip extension\./,
  },
  {
    what: 'a wheel that says it is an sdist',
    changes: { filetype: 'sdist', pyversion: 'source' },
    reason: /^Invalid file extension: Extension \.whl is invalid for filetype sdist\./,
  },
  {
    what: 'a wheel of another name',
    changes: { name: 'other' },
    reason: /^Start filename for 'other' with 'other'\.$/,
  },
  {
    what: 'a wheel of another version',
    changes: { version: '1.0.1' },
    reason: /^Version in filename should be '1\.0\.1' not '1\.0\.0'\.$/,
  },
  {
    what: 'a wheel for an unsupported platform',
    changes: { filename: 'wh_demo-1.0.0-py3-none-linux_x86_64.whl' },
    reason:
      /^Binary wheel 'wh_demo-1\.0\.0-py3-none-linux_x86_64\.whl' has an unsupported platform tag 'linux_x86_64'\.$/,
  },
  {
    what: 'a license file that the wheel lacks',
    changes: { license_file: 'LICENSE' },
    reason:
      /^License-File LICENSE does not exist in distribution file wh_demo-1\.0\.0-py3-none-any\.whl at wh_demo-1\.0\.0\.dist-info\/licenses\/LICENSE$/,
  },
  {
    what: 'an sdist of another name',
    changes: { name: 'other' },
    sdist: true,
    reason: /^Start filename for 'other' with 'other'\.$/,
  },
  {
    what: 'an sdist of another version',
    changes: { version: '1.0.1' },
    sdist: true,
    reason: /^Filename 'wh_demo-1\.0\.0\.tar\.gz' is invalid, should be 'wh_demo-1\.0\.1\.tar\.gz'\.$/,
  },
];

describe('a form', () => {
  test.each(forms)('with $what is refused', async ({ changes, sdist, reason }) => {
    const answer = await tools.plainUpload(index, sdist ? made.sdist : made.wheel, changes);
    expect(answer.reason).toMatch(reason);
    expect(answer.status).toBe(400);
    expect(tools.storedFiles(index)).toEqual([]);
  });
});

describe('a file', () => {
  test('that is no archive is refused', async () => {
    for (const [file, kind] of [
      [made.wheel, 'zipfile'],
      [made.sdist, 'tarfile'],
    ] as const) {
      await writeFile(file, 'neither');
      expect(await tools.plainUpload(index, file)).toMatchObject({
        status: 400,
        reason: `Invalid distribution file. File is not a ${kind}`,
      });
    }
    expect(tools.storedFiles(index)).toEqual([]);
  });

  test('that ends in the middle is refused', async () => {
    for (const file of [made.wheel, made.sdist]) {
      const bytes = await readFile(file);
      await writeFile(file, bytes.subarray(0, bytes.length - 40));
      const { status, reason } = await tools.plainUpload(index, file);
      expect(reason).toMatch(/^Invalid distribution file\. File is not a (?:zip|tar)file$/);
      expect(status).toBe(400);
    }
    expect(tools.storedFiles(index)).toEqual([]);
  });

  test.each([
    [
      'whose METADATA is of another version',
      { said: '1.0.1' },
      "Wheel 'wh_demo-1.0.0-py3-none-any.whl' has METADATA of 'wh-demo 1.0.1', not of 'wh_demo 1.0.0'.",
    ],
    [
      'whose name is not the normal one',
      { stem: 'WH_demo' },
      "Filename 'WH_demo-1.0.0-py3-none-any.whl' should contain the normalized project name 'wh_demo', not 'WH_demo'.",
    ],
  ])('%s is refused', async (_what, oddities, reason) => {
    const { wheel } = await tools.makeDistributions('wh-demo', '1.0.0', 'one', oddities);
    expect(await tools.plainUpload(index, wheel)).toMatchObject({ status: 400, reason });
    expect(tools.storedFiles(index)).toEqual([]);
  });

  test('that is a second sdist is refused', async () => {
    expect(await tools.plainUpload(index, made.sdist)).toMatchObject({ status: 200 });
    const zip = join(dirname(made.wheel), 'wh_demo-1.0.0.zip');
    await copyFile(made.wheel, zip);
    const answer = await tools.plainUpload(index, zip, { name: 'wh-demo', version: '1.0.0' });
    expect(answer).toMatchObject({ status: 400, reason: 'Only one sdist may be uploaded per release.' });
  });

  test('may come for a release that is less than fourteen days old, under any spelling of its version', async () => {
    expect(await tools.plainUpload(index, made.wheel)).toMatchObject({ status: 200 });
    later = 13 * DAY;
    const { sdist } = await tools.makeDistributions('wh-demo', '1.0');
    expect(await tools.plainUpload(index, sdist)).toMatchObject({ status: 200 });
    const page = await tools.simpleJson(index, 'wh-demo');
    expect(page.versions).toEqual(['1.0.0']);
    expect(page.files).toHaveLength(2);
  });
});

test('a refusal says the same in its reason phrase and in its page', async () => {
  const { reason, body } = await tools.plainUpload(index, made.wheel, { version: '1.0+<b>' });
  expect(reason).toContain("'1.0+<b>'");
  expect(body).toContain('<h1>400 &#39;1.0+&#60;b&#62;&#39; is invalid for &#39;version&#39;.');
});
