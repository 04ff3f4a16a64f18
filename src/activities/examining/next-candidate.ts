import { pass, unknown, type Precondition } from '../../contract/preconditions.js';
import type { ReleaseRequest, Terms } from '../../contract/release.js';
import { devVersion, nextDevNumber } from '../../contract/version.js';
import { versionsInGit } from '../git/tagged-versions.js';
import { takenVersions } from '../package-index.js';
import type { Workbench } from '../support/workbench.js';
import { settled } from './inquiring.js';

/** The development version that comes first, if everything that may hold one of them can be read. */
export async function nextCandidate(
  bench: Workbench,
  subject: ReleaseRequest,
  { test, production, repository, branch }: Terms,
): Promise<{ readonly preconditions: readonly Precondition[]; readonly next?: string }> {
  const places = await Promise.all([
    read(test.name, () => takenVersions(bench, test, subject.package)),
    read(production.name, () => takenVersions(bench, production, subject.package)),
    read('git', () => versionsInGit(bench, { repository, branch, subject })),
  ]);
  const unread = places.flatMap(({ why }) => why);
  const candidate = `which development version of ${subject.version} is the next`;
  if (unread.length > 0)
    return {
      preconditions: [
        ...unread,
        unknown('versions', `It is not known ${candidate}, while not all can be read`),
      ],
    };
  const held = places.flatMap(({ name, versions }) => {
    const own = versions.filter((version) => version.startsWith(`${subject.version}.dev`));
    return own.length === 0 ? [] : [`${name} holds ${own.join(', ')}`];
  });
  const taken = places.flatMap(({ versions }) => versions);
  const next = devVersion(subject.version, nextDevNumber(subject.version, taken));
  const why = held.length === 0 ? 'no other run has taken one' : `of earlier runs ${held.join('; ')}`;
  return {
    preconditions: [pass('versions', `${next} is the first candidate: ${why}, by ${names(places)}`)],
    next,
  };
}

interface Place {
  readonly name: string;
  readonly versions: readonly string[];
  readonly why: readonly Precondition[];
}

async function read(name: string, versions: () => Promise<string[]>): Promise<Place> {
  try {
    return { name, versions: await versions(), why: [] };
  } catch (error) {
    return { name, versions: [], why: settled('versions', error, `What ${name} holds`) };
  }
}

function names(places: readonly Place[]): string {
  return places.map(({ name }) => name).join(', ');
}
