import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { readSettings } from '../../src/config/settings.js';
import { keyOf, readSigning } from '../../src/config/signers.js';

const folder = mkdtempSync(path.join(tmpdir(), 'slipway-signers-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let made = 0;
/** A new public key, as its .pub file has it. */
function newKey(type = 'ed25519'): string {
  const file = path.join(folder, `key-${String(made++)}`);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'mara@example.org', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

const [mara, jo] = [newKey(), newKey()] as const;
const bare = (key: string) => key.split(' ').slice(0, 2).join(' ');

/** What the settings say of keys, with this file beside them. */
function signing(settings: string, allowed?: string) {
  const file = path.join(folder, 'slipway.toml');
  if (allowed !== undefined) writeFileSync(path.join(folder, 'allowed_signers'), allowed);
  const named = allowed === undefined ? '' : 'allowed-signers = "allowed_signers"\n';
  writeFileSync(file, `approvers = ["mara", "jo"]\n${named}${settings}`);
  return readSigning(readSettings(file));
}

describe('the keys of the approvers', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'])('are taken as ssh-keygen makes them: %s', (type) => {
    const key = newKey(type);
    expect(keyOf(key)).toBe(bare(key));
  });

  test.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', `ssh-rsa ${mara.split(' ')[1] ?? ''}`, '~/.ssh/id.pub'])(
    'are not taken for %j',
    (text) => {
      expect(keyOf(text)).toBeUndefined();
    },
  );

  test('stand in the settings, without their comments', () => {
    const { signing: read, problems } = signing(
      `[people.mara]\nkeys = ["${mara}"]\n[people.jo]\nkeys = ["${jo}"]`,
    );
    expect(problems).toEqual([]);
    expect(read).toEqual({
      demanded: ['production', 'un-yank', 'amend'],
      signers: [`mara ${bare(mara)}`, `jo ${bare(jo)}`],
    });
  });

  test('stand in a file of allowed signers, with their options', () => {
    const lines = `# the team\n\nmara namespaces="git,slipway",valid-after="20260101" ${mara}\njo ${jo}\n`;
    const { signing: read, problems } = signing('', lines);
    expect(problems).toEqual([]);
    expect(read.signers).toEqual([
      `mara namespaces="git,slipway",valid-after="20260101" ${bare(mara)}`,
      `jo ${bare(jo)}`,
    ]);
  });

  test('that are missing refuse a start with the remedy, unless nothing has to be signed', () => {
    expect(signing(`[people.mara]\nkeys = ["${mara}"]`).problems).toEqual([
      expect.stringMatching(
        /^Approvals of production, un-yank, amend have to be signed, and no key of jo is known: add keys = .* to \[people\.jo\] .* or say signatures = \[\]/,
      ),
    ]);
    expect(signing('signatures = []').problems).toEqual([]);
  });

  test.each([
    [
      'an unreadable line',
      `mara\nmara ${mara}\njo ${jo}`,
      /allowed_signers:1 is no line of allowed signers: write "name ssh-/,
    ],
    ['somebody else', `mara,zoe ${mara}\njo ${jo}`, /allowed_signers:1 names zoe, who is no approver/],
    ['a key for git alone', `mara namespaces="git" ${mara}\njo ${jo}`, /only for git: add slipway/],
    ['one key of two people', `mara ${mara}\njo ${mara}`, /^mara and jo have one key together/],
  ])('in a file with %s refuse a start with a sentence', (_, lines, problem) => {
    expect(signing('', lines).problems).toEqual([expect.stringMatching(problem)]);
  });

  test('in a file that is not there refuse a start, and not the worker', () => {
    const { problems } = signing('signatures = []\nallowed-signers = "elsewhere"');
    expect(problems).toEqual([
      expect.stringMatching(/elsewhere, which allowed-signers .* names, does not exist/),
    ]);
  });

  test.each([
    ['signatures = ["trouble"]', /signatures\.0: must be one of branch, coverage/],
    ['[people.zoe]\nkeys = []', /people: zoe is no approver/],
    ['[people.mara]\nkeys = ["AAAA"]', /people\.mara\.keys\.0: must be a public key/],
  ])('that cannot be right are refused with the settings: %s', (settings, problem) => {
    expect(() => signing(settings)).toThrow(problem);
  });
});
