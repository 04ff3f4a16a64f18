import type { ChangelogEntry } from '../contract/changelog.js';
import { short } from '../contract/digest.js';
import { formatDuration } from '../contract/duration.js';
import { planSteps, type PlannedStep } from '../contract/plan.js';
import type { Examination, SetHours } from '../contract/preconditions.js';
import type { BranchHead, IndexAddress, ReleaseRequest, Terms } from '../contract/release.js';
import { stepNumber } from '../contract/steps.js';
import { lastLines, renderPreconditions } from './doctor.js';
import { examine, type Looked } from './examination.js';
import { exitCodes } from './failures.js';
import type { Output } from './output.js';
import { paint, wrap, type Screen } from './render.js';
import { peopleLines } from './who-is-asked.js';

/** Everything that is known of a release before it is started, as far as that can be seen. */
interface Plan {
  readonly examination: Examination;
  readonly terms: Terms;
  readonly head: BranchHead;
  readonly steps: readonly PlannedStep[];
}

/** Shows what a release would do, and returns the exit code: a release that would be refused has no plan. */
export async function plan(request: ReleaseRequest, output: Output): Promise<number> {
  const looked = await examine(request);
  const open = looked.preconditions.filter(({ state }) => state !== 'pass');
  const made = planOf(looked);
  const screen = output.screen();
  if (output.json)
    output.print(
      JSON.stringify({
        ...looked.examination,
        preconditions: looked.preconditions,
        steps: made?.steps ?? [],
      }),
    );
  else
    output.print(
      [
        ...(made === undefined ? [noPlan(request)] : renderPlan(made, screen)),
        ...renderPreconditions(open, screen),
        '',
        ...lastLines(looked.preconditions, request, screen),
      ].join('\n'),
    );
  return open.some(({ state }) => state === 'fail') ? exitCodes.refused : 0;
}

function noPlan({ package: name, version }: ReleaseRequest): string {
  return `${name} ${version} has no plan while this is so; nothing was changed`;
}

function planOf({ examination }: Looked): Plan | undefined {
  const { request, terms, head, next } = examination ?? {};
  if (examination === undefined || request === undefined) return undefined;
  if (terms === undefined || head === undefined) return undefined;
  const subject = { package: request.package, version: request.version };
  // Without an index that can be read nobody knows N, and the rest of the plan is as good as ever.
  const first = next ?? `${request.version}.devN`;
  return { examination, terms, head, steps: planSteps({ subject, terms, head, next: first }) };
}

/** A plan as people read it: `!` would be run, `$` was. */
export function renderPlan({ examination, terms, head, steps }: Plan, screen: Screen): string[] {
  const { request, ran, already = [] } = examination;
  const title = (text: string) => ['', paint(text, '1', screen)];
  const lines = (list: readonly string[]) => list.flatMap((line) => wrap(line, screen.width, '  ', '  '));
  return [
    ...wrap(
      `${request.package} ${request.version}: what would happen; nothing was changed`,
      screen.width,
      '',
    ),
    ...(already.length === 0 ? [] : [...title('what is true already'), ...lines(already)]),
    ...title('commit'),
    ...lines(commitLines(examination, terms, head)),
    ...title('who is asked'),
    ...lines(peopleLines(request, terms, examination.hours)),
    ...title(`settings of the service, digest ${short(examination.settings ?? '')}`),
    ...lines(settingLines(terms, examination.hours)),
    ...title(`configuration of the package, digest ${short(head.config.digest)}`),
    ...lines(configLines(head)),
    ...title('what would be run (!) in each step'),
    ...steps.flatMap((step) => stepLines(step, request, terms, screen)),
    ...title('what was run ($) to find this out'),
    ...ran.map((line) => `  $ ${line}`),
  ];
}

function commitLines(
  { card, next }: Examination,
  { branch, base, repository }: Terms,
  head: BranchHead,
): string[] {
  return [
    `${branch} at ${head.commit}`,
    ...(card === undefined ? [] : [`"${card.subject}" by ${card.author}, ${card.date}`]),
    `of ${repository}, to be merged into ${base}`,
    next === undefined ? 'the first candidate is not known' : `the first candidate is ${next}`,
  ];
}

function settingLines(terms: Terms, hours: SetHours | undefined): string[] {
  const { probes, coverage, limits = [], reruns = 0 } = terms;
  const probeNames = probes.map(
    ({ name, intervalSeconds }) => `${name} every ${formatDuration(intervalSeconds)}`,
  );
  return [
    `test index: ${addressOf(terms.test)}`,
    `production index: ${addressOf(terms.production)}`,
    `dependencies from: ${terms.main.name}, ${terms.main.simple}`,
    `coverage service: ${coverage === undefined ? 'none' : `${coverage.name}, ${coverage.repository}`}`,
    `final version: ${terms.finalVersion}`,
    `reruns of failed tests on the same files: ${reruns === 0 ? 'never' : `at most ${String(reruns)} in each step`}`,
    ...(hours === undefined ? [] : [`uploads to production begin: ${hours.uploads ?? 'at any hour'}`]),
    `watch: ${formatDuration(terms.watchSeconds)}; probes: ${probeNames.join(', ') || 'none'}`,
    `yank: ${terms.yankDrivers.join(', ')}; main after a yank: ${terms.afterYank}`,
    ...terms.expiries.map(({ secret, at }) => `the secret ${secret} expires ${at.slice(0, 10)}`),
    ...limits.map((limit) => `know that ${limit}`),
  ];
}

function addressOf({ name, upload }: IndexAddress): string {
  return `${name}, ${upload}`;
}

function configLines({ config, changelog }: BranchHead): string[] {
  const list = (names: readonly string[]) => names.join(', ') || 'none';
  return [
    `suites: ${list(config.suites)}; coverage: ${String(config.minimumCoverage)} %`,
    `modes: ${list(config.modes)}`,
    `applications: ${list(config.applications)}`,
    `tag: ${config.tag}`,
    `changelog: ${changelogLine(changelog)}`,
  ];
}

function changelogLine(entry: ChangelogEntry | undefined): string {
  if (entry === undefined) return 'none is looked at';
  if ('problem' in entry) return `${entry.problem}; step 1 does not pass before that`;
  return 'note' in entry ? entry.note : `${entry.file} tells of this version`;
}

function stepLines(step: PlannedStep, request: ReleaseRequest, terms: Terms, screen: Screen): string[] {
  const number = stepNumber(step.id);
  const act = (line: string) => wrap(`! ${line}`, screen.width, '     ', '  ');
  return [
    ...wrap(`${String(number)} ${step.title}`, screen.width, number < 10 ? '  ' : ' ', '   '),
    ...step.acts.flatMap((line, at) => [
      ...(at === step.noReturnBefore ? noReturn(request, terms, screen) : []),
      ...act(line),
    ]),
    ...wrap(`done when ${step.doneWhen}`, screen.width, '     ', '  '),
    ...(step.asks === undefined ? [] : wrap(`asks people: ${step.asks}`, screen.width, '     ', '  ')),
  ];
}

/** The one line that nobody may overlook. */
function noReturn(
  { package: name, version }: ReleaseRequest,
  { production }: Terms,
  screen: Screen,
): string[] {
  const after = production.yanks === false ? 'removed' : 'yanked';
  const said = `NOTHING BELOW THIS LINE CAN BE UNDONE: ${name} ${version} on ${production.name} can only be ${after}, and its number is used up`;
  const rule = '━'.repeat(Math.min(screen.width || 80, 80));
  return [rule, ...wrap(said, screen.width, ''), rule].map((line) => paint(line, '31', screen));
}
