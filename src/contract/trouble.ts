import type { ReleaseRequest } from './release.js';

/** The three lines of every failure and every refusal. */
export interface Trouble {
  /** What is true now, read back. */
  readonly now: string;
  /** What is not. */
  readonly not: string;
  /** The next command or act. */
  readonly next: string;
}

const labels: readonly (readonly [keyof Trouble, string])[] = [
  ['now', 'true now'],
  ['not', 'not done'],
  ['next', 'next'],
];

/** The three lines as they stand on a card. */
export function troubleSubject(trouble: Trouble): { readonly label: string; readonly value: string }[] {
  return labels.map(([key, label]) => ({ label, value: trouble[key] }));
}

/** The three lines as they stand everywhere else: in a terminal, in an error, in the Web UI. */
export function troubleLines(trouble: Trouble): string[] {
  return labels.map(([key, label]) => `${label}: ${trouble[key]}`);
}

/** A package and its version, and how a command names them. */
interface Named {
  readonly package: string;
  readonly version: string;
}

/** A command of the client for one release, as it can be pasted. */
export function commandFor(verb: string, { package: name, version }: Named, options = ''): string {
  return `slipway ${verb} ${name} ${version}${options === '' ? '' : ` ${options}`}`;
}

/** Why a release is not started, with everything that is to be mended first. */
export function refusedStart(request: ReleaseRequest, problems: readonly string[]): Trouble {
  const { package: name, version, branch, wait, acceptUnisolated, adopt } = request;
  const options = [
    ...(branch === undefined ? [] : [`--branch ${branch}`]),
    ...(wait ? ['--queue'] : []),
    ...(acceptUnisolated ? ['--accept-unisolated'] : []),
    ...(adopt === true ? ['--adopt'] : []),
  ];
  return {
    now: 'Refused; nothing was changed.',
    not: [`${name} ${version} is not started:`, ...problems.map((problem) => `- ${problem}`)].join('\n'),
    next: `Mend that, then \`${commandFor('start', request, options.join(' '))}\`.`,
  };
}
