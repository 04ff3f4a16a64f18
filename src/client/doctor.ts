import { formatDuration } from '../contract/duration.js';
import {
  preconditionSubjects,
  type Precondition,
  type PreconditionSubject,
} from '../contract/preconditions.js';
import type { ReleaseRequest } from '../contract/release.js';
import { examine } from './examination.js';
import { exitCodes } from './failures.js';
import type { Output } from './output.js';
import { paint, wrap, type Screen } from './render.js';

type State = Precondition['state'];

const marks: Readonly<Record<State, string>> = { pass: '✔', fail: '✘', unknown: '?' };
const colours: Readonly<Record<State, string>> = { pass: '32', fail: '31', unknown: '33' };

const titles: Readonly<Record<PreconditionSubject, string>> = {
  server: 'Temporal server',
  workers: 'workers',
  release: 'release',
  people: 'people',
  versions: 'versions',
  branch: 'branch',
  forge: 'forge',
  secrets: 'secrets, by name',
  yank: 'who could yank',
  machine: 'machine of the workers',
};

/** Shows everything that a release needs, and returns the exit code: what nobody can know is no failure. */
export async function doctor(request: ReleaseRequest | undefined, output: Output): Promise<number> {
  const { preconditions } = await examine(request);
  output.print(
    output.json
      ? JSON.stringify(preconditions)
      : [
          ...renderPreconditions(preconditions, output.screen()).slice(1),
          '',
          ...lastLines(preconditions, request, output.screen()),
        ].join('\n'),
  );
  return preconditions.some(({ state }) => state === 'fail') ? exitCodes.refused : 0;
}

/** Preconditions by what they are about; every one that fails with its remedy. */
export function renderPreconditions(preconditions: readonly Precondition[], screen: Screen): string[] {
  return preconditionSubjects.flatMap((subject) => {
    const own = preconditions.filter(({ about }) => about === subject);
    return own.length === 0
      ? []
      : ['', paint(titles[subject], '1', screen), ...own.flatMap((one) => renderOne(one, screen))];
  });
}

function renderOne({ state, said, remedy }: Precondition, screen: Screen): string[] {
  const [first = '', ...rest] = wrap(`${marks[state]} ${said}`, screen.width, '', '  ');
  return [
    paint(first, colours[state], screen),
    ...rest,
    ...(remedy === undefined ? [] : wrap(`→ ${remedy}`, screen.width, '  ', '  ')),
  ];
}

/** How many there are of each, and what to type next. */
export function lastLines(
  preconditions: readonly Precondition[],
  request: ReleaseRequest | undefined,
  { width }: Screen,
): string[] {
  const count = (wanted: State) => preconditions.filter(({ state }) => state === wanted).length;
  const counts = `${String(count('fail'))} fail, ${String(count('unknown'))} cannot be known, ${String(count('pass'))} pass`;
  const words = request === undefined ? '' : ` ${wordsOf(request)}`;
  const isMended = count('fail') === 0;
  const next = request === undefined ? 'doctor <package> <version>' : `start${words}`;
  return [
    ...wrap(`${counts}; ${isMended ? 'next' : 'mend what fails, then'}`, width, '', '  '),
    // Commands are not wrapped: they are there to be copied.
    `  $ slipway ${isMended ? next : `doctor${words}`}`,
  ];
}

/** The arguments by which a request is made again. */
function wordsOf(request: ReleaseRequest): string {
  const { package: name, version, branch, watchSeconds, acceptUnisolated, adopt } = request;
  return [
    ...[name, version],
    ...(branch === undefined ? [] : ['--branch', branch]),
    ...(watchSeconds === undefined ? [] : ['--watch', formatDuration(watchSeconds)]),
    ...(acceptUnisolated ? ['--accept-unisolated'] : []),
    ...(adopt === true ? ['--adopt'] : []),
  ].join(' ');
}
