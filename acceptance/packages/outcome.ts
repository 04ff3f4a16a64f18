import type { Ledger } from '../../src/contract/state.js';
import { describeStep, stepNumber, type StepId } from '../../src/contract/steps.js';
import type { Finding } from '../../src/contract/verdict.js';
import type { Outcome } from '../part.js';
import { Refused } from '../releasing.js';
import type { RealPackage } from './real-package.js';

/** The most findings, and lines of one, that are told of a release that was stopped. */
const most = { findings: 2, lines: 4 };

/** What a rehearsal came to, in words, and what it ought to have been where it is something else. */
export function outcomeOf(
  { stoppedBy }: RealPackage,
  ended: Ledger | Refused,
): Pick<Outcome, 'seen' | 'instead'> {
  if (!(ended instanceof Refused) && ended.outcome?.outcome === 'released')
    return outcomeOfReleased(stoppedBy, ended);
  const [where, said] =
    ended instanceof Refused
      ? ['refused', ended.message]
      : [`stopped in step ${stepOf(ended)}`, foundIn(ended)];
  const seen = `${where}: ${said}`;
  if (stoppedBy === undefined) return { seen, instead: 'released' };
  return stoppedBy.test(said) ? { seen } : { seen, instead: `stopped by ${String(stoppedBy)}` };
}

function outcomeOfReleased(stoppedBy: RegExp | undefined, ledger: Ledger): Pick<Outcome, 'seen' | 'instead'> {
  const seen = `released: ${released(ledger)}`;
  const unsaid = unsaidThreshold(ledger);
  if (stoppedBy !== undefined) return { seen, instead: `stopped by ${String(stoppedBy)}` };
  return unsaid.length === 0 ? { seen } : { seen, instead: `its threshold on ${unsaid.join(' and ')}` };
}

/** How it was released: what was fixed, what the tests said, and what ships; and below that what was found before. */
function released(ledger: Ledger): string {
  const said = (id: StepId, pattern: RegExp) =>
    evidenceOf(ledger, id).flatMap((what) => pattern.exec(what)?.[1] ?? []);
  const fixes = ledger.candidates.flatMap(({ fix }) => (fix === undefined ? [] : [`after a fix (${fix})`]));
  const found = ledger.candidates.flatMap(({ fix, findings: [first] }) =>
    fix === undefined || first === undefined ? [] : [`found before the fix: ${first.title}`],
  );
  const how = [
    ...fixes,
    ...said('06-run-tests', /^mode \S+: (.*) against /),
    ...said('01-validate-branch', /^union: (\S+ %) of [1-9]/).map((share) => `${share} covered`),
    ...said('01-validate-branch', /^the package demands (only .*) coverage/).map(
      (share) => `${share} demanded`,
    ),
    ...said('09-publish-to-production', /^(\d+ files in wheel and sdist)/),
  ].join(', ');
  return [how, ...found].join('\n');
}

/** The cards and steps that do not show a threshold which the package has lowered. */
function unsaidThreshold(ledger: Ledger): string[] {
  const demanded = ledger.candidates.at(-1)?.config.minimumCoverage ?? 100;
  if (demanded === 100) return [];
  const share = `only ${String(demanded)} %`;
  const cards = ledger.gates
    .filter(({ subject }) => !subject.some(({ value }) => value === share))
    .map(({ id }) => `the card ${id}`);
  const steps = (['01-validate-branch', '08-merge-branch'] as const).filter(
    (id) => !evidenceOf(ledger, id).some((what) => what.includes(share)),
  );
  return [...cards, ...steps];
}

function evidenceOf(ledger: Ledger, id: StepId): string[] {
  return (ledger.steps.find((step) => step.id === id)?.evidence ?? []).map(({ what }) => what);
}

function stepOf(ledger: Ledger): string {
  const failed = ledger.steps.find(({ state }) => state === 'failed')?.id;
  return failed === undefined ? '?' : `${String(stepNumber(failed))} (${describeStep(failed).title})`;
}

function foundIn(ledger: Ledger): string {
  const findings = ledger.candidates.at(-1)?.findings ?? [];
  const more = findings.length - most.findings;
  return [
    ...findings.slice(0, most.findings).map((found) => inWords(found, findings.length)),
    ...(more > 0 ? [`and ${String(more)} more`] : []),
  ].join('\n');
}

function inWords({ title, detail }: Finding, of: number): string {
  const lines = of === 1 ? (detail?.split('\n') ?? []) : [];
  const more = lines.length - most.lines;
  return [title, ...lines.slice(0, most.lines), ...(more > 0 ? ['…'] : [])].join('\n');
}
