import type { WrittenEvidence } from '../src/client/evidence.js';
import { short } from '../src/contract/digest.js';
import { formatDuration } from '../src/contract/duration.js';
import { pageOf } from '../src/contract/handles.js';
import { progress } from '../src/contract/progress.js';
import type { Ledger } from '../src/contract/state.js';
import { troubleLines } from '../src/contract/trouble.js';
import { takingBackLines } from '../src/contract/yanking.js';
import { someOf } from '../src/client/some-of.js';
import { people } from './world/people.js';
import type { World } from './world/world.js';

/** The machine-readable end of a rehearsal: one line of JSON. */
export function jsonSummary(world: World, ledger: Ledger, files: WrittenEvidence['files']): string {
  return JSON.stringify({
    outcome: ledger.outcome?.outcome,
    told: ledger.outcome?.told,
    package: ledger.request.package,
    version: ledger.request.version,
    workflowId: ledger.id,
    webUi: webUiOf(world, ledger),
    candidates: ledger.candidates.map(({ version, base, passed, findings }) => ({
      version: version ?? short(base),
      passed: passed === true,
      ...(findings.length === 0 ? {} : { findings }),
    })),
    evidence: Object.fromEntries(files.map(({ kind, path }) => [kind, path])),
    ...(ledger.yank === undefined ? {} : { yank: ledger.yank }),
    steps: progress(ledger, new Date().toISOString()).rows.map(({ id, title, state }) => ({
      id,
      title,
      state,
    })),
  });
}

/** The page of the release in the Web UI. */
export function webUiOf(world: World, ledger: { readonly id: string }): string {
  return pageOf(world.temporal.webUi, 'default', ledger.id);
}

/** The variables that make whoever pastes them one of the people, with the key to sign with. */
export function asPerson({ temporal, keys }: World): string {
  const [, by] = people;
  return `TEMPORAL_ADDRESS=${temporal.address} SLIPWAY_AS=${by} SLIPWAY_KEY=${keys[by].file}`;
}

/** The end of a rehearsal for people: what happened, and where to look; `next` is what to do once nothing of it runs any more. */
export function textSummary(
  world: World,
  ledger: Ledger,
  { seconds, files, next }: { seconds: number; files: WrittenEvidence['files']; next: string | undefined },
): string {
  const { outcome } = ledger;
  const kept = next === undefined;
  return [
    '',
    outcome?.summary ?? 'The release has not ended.',
    ...(outcome === undefined ? [] : troubleLines(kept ? outcome.told : { ...outcome.told, next })),
    ...ledger.candidates.flatMap(({ version, base, passed, findings, fix }) => [
      `  ${version ?? short(base)} ${passed === true ? 'passed' : 'did not pass'}`,
      ...someOf(findings.map(({ title }) => title)).map((line) => `    found: ${line}`),
      // Of several findings each title has to do; of one there is room for what it says.
      ...(findings.length === 1 ? someOf(findings[0]?.detail?.split('\n') ?? []) : []).map(
        (line) => `      ${line}`,
      ),
      ...(fix === undefined ? [] : [`    fixed: ${fix}`]),
    ]),
    ...takingBackLines(ledger).map((line) => `  ${line}`),
    ...termLines(ledger),
    ...files.flatMap(({ kind, path }) => (kind === 'report' ? [`  its evidence, to read: ${path}`] : [])),
    `  everything took ${seconds.toFixed(0)} s`,
    ...(kept
      ? keptLines(world, ledger)
      : ['  run it with --keep to look around afterwards: the Web UI, the indexes, the repository']),
  ].join('\n');
}

/** What a real release would not be like. */
function termLines({ watch, terms }: Ledger): string[] {
  if (terms === undefined) return [];
  return [
    ...(terms.limits ?? []).map((limit) => `  know that ${limit}`),
    ...(watch === undefined
      ? []
      : [`  the watch was ${formatDuration(terms.watchSeconds)} here; 12 hours are the default`]),
  ];
}

function keptLines(world: World, ledger: Ledger): string[] {
  return [
    `  Web UI            ${webUiOf(world, ledger)}`,
    `  production index  ${world.production.simpleUrl}${ledger.request.package}/`,
    `  test index        ${world.test.simpleUrl}${ledger.request.package}/`,
    `  repository        ${world.remote.address}`,
    `  log of workers    ${world.workers.log}`,
    `  look and answer   ${asPerson(world)} npx slipway status ${ledger.request.package} ${ledger.request.version}`,
    '  everything goes on until you press Ctrl-C',
  ];
}
