import { readFileSync } from 'node:fs';

import { signatureNamespace, signerOf, type Signing } from '../contract/signing.js';
import type { Settings } from './settings.js';

/** The kinds of keys that OpenSSH signs with. */
const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/** A public key without its comment, `type base64`; undefined if the text is none. */
export function keyOf(text: string): string | undefined {
  const [type = '', encoded = ''] = text.trim().split(/\s+/);
  const bytes = Buffer.from(encoded, 'base64');
  // The bytes begin with the type once more, after its length in four bytes.
  const isWhole = bytes.length > 4 + type.length && bytes.readUInt32BE(0) === type.length;
  return keyTypes.includes(type) && isWhole && bytes.toString('latin1', 4, 4 + type.length) === type
    ? `${type} ${encoded}`
    : undefined;
}

/** What the approvers' keys are by the settings and the file that they name now, and everything that is wrong with them. */
export function readSigning(settings: Settings): { signing: Signing; problems: readonly string[] } {
  const file = fromFile(settings);
  const signers = [...fromSettings(settings), ...file.signers];
  const signing = { demanded: settings.signatures, signers };
  return {
    signing,
    problems: [
      ...file.problems,
      ...sharedKeys(signers),
      ...nameProblems(settings),
      ...lacking(settings, signing),
    ],
  };
}

function fromSettings({ keys }: Settings): string[] {
  return Object.entries(keys).flatMap(([person, theirs]) => theirs.map((key) => `${person} ${key}`));
}

function fromFile({ allowedSigners: file, approvers }: Settings): { signers: string[]; problems: string[] } {
  if (file === undefined) return { signers: [], problems: [] };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    return {
      signers: [],
      problems: [
        `${file}, which allowed-signers of slipway.toml names, ${why}: put it there, or take the key out.`,
      ],
    };
  }
  const lines = text
    .split('\n')
    .map((line, at) => readLine(line.trim(), `${file}:${String(at + 1)}`, approvers));
  return {
    signers: lines.flatMap(({ signers }) => signers),
    problems: lines.flatMap(({ problems }) => problems),
  };
}

/** `names [options] type base64 [comment]`, as ssh-keygen(1) has it under ALLOWED SIGNERS. */
const lineForm =
  /^(?<names>[^\s"]+)\s+(?:(?<options>(?:[a-z-]+(?:="[^"]*")?)(?:,[a-z-]+(?:="[^"]*")?)*)\s+)?(?<key>(?:ssh|ecdsa|sk)-\S+\s+\S+)(?:\s.*)?$/;

/** The line once for each of its people, so that each is found by the name alone. */
function readLine(
  line: string,
  where: string,
  approvers: readonly string[],
): { signers: string[]; problems: string[] } {
  if (line === '' || line.startsWith('#')) return { signers: [], problems: [] };
  const { names = '', options, key: text = '' } = lineForm.exec(line)?.groups ?? {};
  const key = keyOf(text);
  if (key === undefined)
    return {
      signers: [],
      problems: [`${where} is no line of allowed signers: write "name ssh-ed25519 AAAA…", or take it out.`],
    };
  const people = names.split(',');
  const strangers = people.filter((name) => !approvers.includes(name));
  const known = people.filter((name) => approvers.includes(name));
  return {
    signers: known.map((name) => [name, ...(options === undefined ? [] : [options]), key].join(' ')),
    problems: [
      ...strangers.map(
        (name) =>
          `${where} names ${name}, who is no approver: call an approver by the name that slipway.toml has, or take the line out.`,
      ),
      ...optionProblems(options ?? '', where),
    ],
  };
}

function optionProblems(options: string, where: string): string[] {
  const elsewhere = /namespaces="([^"]*)"/.exec(options)?.[1];
  return elsewhere === undefined || elsewhere.split(',').includes(signatureNamespace)
    ? []
    : [`${where} allows its key only for ${elsewhere}: add ${signatureNamespace} to its namespaces.`];
}

/** Who shares a key would count as two people. */
function sharedKeys(signers: readonly string[]): string[] {
  const owners = new Map<string, Set<string>>();
  for (const line of signers) {
    const key = line.split(' ').at(-1) ?? '';
    owners.set(key, (owners.get(key) ?? new Set()).add(signerOf(line)));
  }
  return [...owners.values()]
    .filter((people) => people.size > 1)
    .map(
      (people) => `${[...people].join(' and ')} have one key together: each person signs with an own one.`,
    );
}

/** A name with a space, a comma or a pattern's signs would be read as something else. */
function nameProblems({ keys }: Settings): string[] {
  return Object.entries(keys)
    .filter(([name, theirs]) => theirs.length > 0 && !/^[^\s,*?!"#]+$/.test(name))
    .map(
      ([name]) => `${name} cannot be the name of somebody who signs: use letters, digits, ".", "@" and "-".`,
    );
}

/** Approvers who could never approve what has to be signed. */
function lacking({ approvers, signatures }: Settings, { signers }: Signing): string[] {
  const without = approvers.filter((person) => !signers.some((line) => signerOf(line) === person));
  if (signatures.length === 0 || without.length === 0) return [];
  const gates = signatures.join(', ');
  const [first = ''] = without;
  return [
    `Approvals of ${gates} have to be signed, and no key of ${without.join(' and ')} is known: add keys = ["ssh-ed25519 AAAA…"] to [people.${first}] of slipway.toml, from the person's .pub file (\`ssh-keygen -t ed25519\` makes one), or say signatures = [] there if unsigned answers are to count; then restart the worker.`,
  ];
}
