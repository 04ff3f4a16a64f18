import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { HalfModelled } from '../acceptance/half-modelled.js';
import { filesOf } from './kill-points/observe.js';
import type { Effect, Observation, SentMessage } from './observation.js';

/** Writes down on the git server's side what happens to a half-modelled release. */
export interface Observer {
  /** What became of it; only what happened since the beginning counts. */
  observe(run: Pick<Observation, 'reproduce' | 'least'> & { seed?: number }): Promise<Observation>;
}

type Refs = Record<string, string>;

/** Begins to write down; has to be called before the release is started. */
export async function beginToObserve(
  release: HalfModelled,
  messages: readonly SentMessage[],
): Promise<Observer> {
  const { repository, test, index, request } = release;
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }).trim();
  const log = path.join(repository, '.git', 'moved-refs');
  const hook = path.join(repository, '.git', 'hooks', 'reference-transaction');
  await writeFile(log, '');
  await writeFile(hook, hookWriting(log), { mode: 0o755 });
  const before = refsOf(git);
  const began = new Date().toISOString();
  return {
    async observe(run) {
      const [onTest, onProduction] = [filesOf(test, 'test'), filesOf(index, 'production')];
      const files = [...onTest.effects, ...onProduction.effects].filter(({ at }) => at >= began);
      const effects = [...movesIn(await readFile(log, 'utf8'), before, git), ...files].sort((a, b) =>
        a.at < b.at ? -1 : 1,
      );
      return {
        ...run,
        release: {
          ...{ package: request.package, version: request.version, base: 'main' },
          ...{ branch: `release/${request.version}`, tag: `v${request.version}` },
        },
        effects,
        rest: {
          test: onTest.listed,
          production: onProduction.listed,
          refs: refsOf(git),
        },
        messages,
        ledger: await release.ledger(),
      };
    },
  };
}

const hookWriting = (log: string) => `#!/bin/sh
[ "$1" = committed ] || exit 0
at=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
while read -r from to ref; do echo "$at $to $ref"; done >>'${log}'
`;

function refsOf(git: (...args: string[]) => string): Refs {
  // The commit that an annotated tag names, and not the tag itself.
  const object = '%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)';
  const lines = git('for-each-ref', `--format=%(refname) ${object}`).split('\n');
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
}

/** Where refs moved; git tells of one deletion several times. */
function movesIn(log: string, before: Readonly<Refs>, git: (...args: string[]) => string): Effect[] {
  const refs = new Map(Object.entries(before));
  const moves = log.matchAll(/^(?<at>\S+) (?<object>\S+) (?<ref>refs\/\S+)$/gm);
  return [...moves].flatMap(({ groups }): Effect[] => {
    const { at, object, ref } = groups as Record<'at' | 'object' | 'ref', string>;
    const from = refs.get(ref);
    const to = /^0*$/.test(object) ? undefined : git('rev-parse', `${object}^{commit}`);
    if (from === to) return [];
    if (to === undefined) refs.delete(ref);
    else refs.set(ref, to);
    const ends = Object.entries({ from, to }).filter(([, end]) => end !== undefined);
    const fastForward = ends.length < 2 || git('merge-base', from ?? '', to ?? '') === from;
    return [{ kind: 'ref', ref, at, fastForward, ...Object.fromEntries(ends) }];
  });
}
