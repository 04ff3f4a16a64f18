import { staysUnchanged } from '../../contract/yanking.js';
import { code, line, list, number, row, table, type Row } from './cells.js';
import { inWords, moment } from './markup.js';
import type { ReleaseEvidence } from '../schema.js';

/** What became of it after the upload. */
export function watched(evidence: ReleaseEvidence): string[] {
  const facts = [...watching(evidence), ...takenBack(evidence)];
  return [facts.length === 0 ? '<p>Nothing was uploaded to watch.</p>' : list(facts), ...probes(evidence)];
}

function watching({ watch, onWatch, reports }: ReleaseEvidence): Row[] {
  return [
    ...row('watched', watch && watchInWords(watch)),
    ...onWatch.map(({ by, from, until }): Row => [
      'on watch',
      `${by} from ${moment(from)}${until === undefined ? '' : ` until ${moment(until)}`}`,
    ]),
    ...reports.map(({ by, at, reason, answered, link = '', command = '' }): Row => [
      'report',
      [`${by} at ${moment(at)}: ${reason}`, link, command, answered ? 'answered: keep' : '']
        .filter((part) => part !== '')
        .join(' — '),
    ]),
  ];
}

function watchInWords({
  from,
  until,
  endedAt,
  plannedSeconds,
}: NonNullable<ReleaseEvidence['watch']>): string {
  const planned = `${moment(until)} (${inWords(plannedSeconds)})`;
  if (endedAt === undefined) return `from ${moment(from)}, planned until ${planned}`;
  return endedAt < until
    ? `from ${moment(from)} until ${moment(endedAt)}, when it was broken off; planned until ${planned}`
    : `from ${moment(from)} until ${moment(endedAt)} (planned for ${inWords(plannedSeconds)})`;
}

function takenBack({ yanks, rollback, terms, version }: ReleaseEvidence): Row[] {
  return [
    ...yanks.flatMap((yank) => [
      ...row('yank', actInWords(yank)),
      ...row('users get instead', yank.fallbackVersions && instead(yank.fallbackVersions)),
      ...row('rolled back by', yank.rolledBack, code),
      ...yank.unYanks.flatMap((undo) => row('un-yank', actInWords(undo))),
    ]),
    ...row(terms?.base ?? 'main', rollback && mainInWords(rollback, version)),
  ];
}

function instead(versions: readonly string[]): string {
  return versions.join(' or ') || 'nothing: there is no version that an installation without a pin takes';
}

function mainInWords(
  { chosen, by, unchanged, lastStable }: NonNullable<ReleaseEvidence['rollback']>,
  version: string,
): string {
  const stable = lastStable === undefined ? '' : `, last stable ${lastStable.version}`;
  if (unchanged !== undefined) return `${staysUnchanged(version, unchanged)}${stable}`;
  return chosen === undefined ? `was put back already${stable}` : `${chosen} by ${by ?? ''}${stable}`;
}

function probes({ probes: all }: ReleaseEvidence): string[] {
  if (all.length === 0) return [];
  return [
    '<h3>Probes</h3>',
    table(
      ['Probe', 'Every', 'Runs', 'Failed', 'Last result'],
      all.map(({ name, intervalSeconds, runs, failedRuns, lastResult, brokenOff }) => [
        name,
        intervalSeconds === undefined ? '' : inWords(intervalSeconds),
        brokenOff ? `${String(runs)} or more, then broken off` : number(runs),
        number(failedRuns),
        lastResult === undefined ? '' : line(lastResult),
      ]),
    ),
  ];
}

function actInWords({
  by,
  askedAt,
  reason,
  driver,
  provenAfterSeconds,
}: ReleaseEvidence['yanks'][number]['unYanks'][number]): string {
  const proof =
    provenAfterSeconds === undefined
      ? 'the index does not say so yet'
      : `the index said so ${inWords(provenAfterSeconds)} later, done by ${driver ?? 'somebody'}`;
  return `asked for by ${by} at ${moment(askedAt)}: ${reason}; ${proof}`;
}
