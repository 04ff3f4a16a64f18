import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';

import type { people } from './people.js';

/** An SSH key of somebody: the file of its private half, and the public one as settings take it. */
export interface PersonsKey {
  readonly file: string;
  readonly publicKey: string;
}

/** The keys of the people of a rehearsal, by name. */
export type PeoplesKeys = Readonly<Record<(typeof people)[number], PersonsKey>>;

/** Makes a key of somebody in a folder; who rehearses types no passphrase. */
export async function makeKey(
  folder: string,
  person: string,
  { type = 'ed25519', passphrase = '' } = {},
): Promise<PersonsKey> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, person);
  await execa('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', person, '-f', file]);
  return { file, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}

/** A key of each person, by name. */
export async function makeKeys<P extends string>(
  folder: string,
  people: readonly P[],
): Promise<Readonly<Record<P, PersonsKey>>> {
  const made = people.map(async (person) => [person, await makeKey(folder, person)] as const);
  return Object.fromEntries(await Promise.all(made)) as Record<P, PersonsKey>;
}
