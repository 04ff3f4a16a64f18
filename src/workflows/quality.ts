import type { Installation, Origin } from '../contract/activities.js';
import { short } from '../contract/digest.js';
import type { Decision, SubjectLine } from '../contract/gates.js';
import type { MessageKind } from '../contract/messages.js';
import type { BranchHead, Manifest, Sha, Source } from '../contract/release.js';
import { currentCandidate, type Candidate } from '../contract/state.js';
import { commandFor, troubleSubject, type Trouble } from '../contract/trouble.js';
import type { Finding } from '../contract/verdict.js';
import { publish } from './activities.js';
import { NotPassed } from './courses.js';
import type { Desk } from './desk.js';

/** How many findings of a candidate that has been fixed are kept. */
const keptFindings = 10;

/** How many findings a card shows. */
const shownFindings = 8;

/** The source of a commit that carries the current candidate's configuration. */
export function sourceAt(desk: Desk, commit: Sha): Source {
  const { digest } = candidateOf(desk).config;
  return { repository: desk.terms.repository, commit, config: digest, version: desk.subject.version };
}

/** The candidate that is being judged. */
export function candidateOf(desk: Desk): Candidate {
  const candidate = currentCandidate(desk.ledger);
  if (candidate === undefined) throw new Error('there is no candidate yet');
  return candidate;
}

/** A part of the candidate that an earlier step has made. */
export function made<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the candidate has no ${what} yet`);
  return value;
}

/** What an installation of these files needs to know. */
export function installationOf(desk: Desk, manifest: Manifest, origin: Origin): Installation {
  return { manifest, origin, source: sourceAt(desk, manifest.commit), main: desk.terms.main };
}

/** Ends the running step with a finding. */
export function refuse(title: string, detail?: string): never {
  throw new NotPassed([{ title, ...(detail === undefined ? {} : { detail }) }]);
}

/**
 * Puts findings to the people and waits for a new commit on the release branch, which the next candidate starts from, or
 * for another answer that is taken here: undefined means that the fix has come.
 */
export async function awaitFix(
  desk: Desk,
  findings: readonly Finding[],
  otherwise: readonly ('retry' | 'rerun')[] = [],
): Promise<Decision | undefined> {
  const { ledger, terms } = desk;
  const last = candidateOf(desk);
  const seen = last.commit ?? last.base;
  let problems = findings;
  for (;;) {
    const decision = await askForFix(desk, problems, seen, otherwise);
    if (decision.kind !== 'fix') return decision;
    const verdict = await publish.readBranch({
      repository: terms.repository,
      branch: terms.branch,
      base: terms.base,
      ...desk.subject,
      previous: sourceAt(desk, last.base),
    });
    if (verdict.passed && verdict.head.commit !== seen) {
      // The ledger has to stay small however many rounds there are: the whole findings are in the store.
      last.findings = last.findings
        .slice(0, keptFindings)
        .map(({ title, log }) => ({ title, ...(log === undefined ? {} : { log }) }));
      if (last.tests !== undefined) last.tests = last.tests.filter(({ attempts }) => attempts.length > 1);
      last.fix = decision.reason ?? `commit ${short(verdict.head.commit)}`;
      ledger.next = verdict.head;
      return undefined;
    }
    problems = verdict.passed
      ? [{ title: `the branch ${terms.branch} is still at ${short(seen)}: push the fix first` }]
      : verdict.findings;
  }
}

async function askForFix(
  desk: Desk,
  findings: readonly Finding[],
  seen: Sha,
  otherwise: readonly ('retry' | 'rerun')[],
): Promise<Decision> {
  const merged = desk.ledger.phase === 'merged';
  const rerun = otherwise.includes('rerun')
    ? ' Rerun runs only the tests that failed again, on the same files.'
    : '';
  return desk.ask({
    id: 'fix',
    consequence: `Judges the new commit on ${desk.terms.branch} from step 1 and builds the next devN.${merged ? ' Main is merged already: the fix has to contain main.' : ''}${rerun}`,
    subject: [
      ...findingLines(desk, findings),
      ...troubleSubject(standing(desk, findings, otherwise)),
      { label: 'branch was at', value: seen },
      { label: 'round', value: String(desk.ledger.gates.length + (desk.ledger.forgotten?.gates ?? 0) + 1) },
    ],
    answers: ['fix', ...otherwise],
  });
}

/** The first findings: a card with all of fifty is read by nobody. */
function findingLines({ subject }: Desk, findings: readonly Finding[]): SubjectLine[] {
  const more = findings.length - shownFindings;
  return [
    ...findings.slice(0, shownFindings).map(({ title }) => ({ label: 'finding', value: title })),
    ...(more > 0
      ? [{ label: 'finding', value: `and ${String(more)} more: ${commandFor('status', subject, '--json')}` }]
      : []),
  ];
}

/** What findings leave true, what not, and what to send: where all looks like somebody else's trouble, not first a fix. */
function standing(
  { ledger, terms, subject }: Desk,
  findings: readonly Finding[],
  otherwise: readonly MessageKind[],
): Trouble {
  const last = currentCandidate(ledger);
  const main = ledger.phase === 'merged' ? `${terms.base} holds the merge` : `${terms.base} was not touched`;
  const fix = `push a fix to ${terms.branch}, then \`${commandFor('fix', subject, '--reason "…"')}\``;
  const causes = [...new Set(findings.flatMap(({ outside }) => outside ?? []))];
  const rerun = `\`${commandFor('rerun', subject, '--reason "…"')}\` runs it again on the same files`;
  const isOutside = causes.length > 0 && otherwise.includes('rerun');
  return {
    now: `${last?.version ?? 'This commit'} did not pass; ${main}, and nothing of it is on ${terms.production.name}.`,
    not: `${subject.package} ${subject.version} is not released.`,
    next: isOutside
      ? `This looks like trouble outside the package (${causes.join('; ')}): once that is over, ${rerun}. For a fault of the package ${fix}.`
      : `${fix.replace('push', 'Push')}.`,
  };
}

/** The branch's head as admitted, or after a fix. */
export function takeNext(desk: Desk): BranchHead {
  const head = made(desk.ledger.next, 'commit to start from');
  delete desk.ledger.next;
  return head;
}
