import type { Installation, Origin } from '../contract/activities.js';
import { short } from '../contract/digest.js';
import type { Decision } from '../contract/gates.js';
import type { MessageKind } from '../contract/messages.js';
import type { BranchHead, Manifest, Sha, Source } from '../contract/release.js';
import { currentCandidate, type Candidate } from '../contract/state.js';
import type { Finding, Verdict } from '../contract/verdict.js';
import { build, publish } from './activities.js';
import { NotPassed } from './courses.js';
import type { Desk } from './desk.js';

/** How many findings of a candidate that has been fixed are kept. */
const keptFindings = 10;

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

/** Step 6, wherever the files come from: the copied tests in every mode, and every application; `beside` is judged with them. */
export async function runAllTests(
  desk: Desk,
  installation: Installation,
  ...beside: Promise<Verdict>[]
): Promise<void> {
  const { config } = candidateOf(desk);
  const runs = [
    ...beside,
    ...config.modes.map((mode) => build.runMode({ ...installation, mode })),
    ...config.applications.map((application) => build.runApplication({ ...installation, application })),
  ];
  desk.acceptAll(await allOf(runs));
}

/** Every verdict; an error is thrown only when nothing runs any more, so that a repeat does not run beside it. */
export async function allOf(runs: readonly Promise<Verdict>[]): Promise<Verdict[]> {
  const settled = await Promise.allSettled(runs);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Ends the running step with a finding. */
export function refuse(title: string, detail?: string): never {
  throw new NotPassed([{ title, ...(detail === undefined ? {} : { detail }) }]);
}

/**
 * Puts findings to the people and waits for a new commit on the release branch; the next candidate starts from it.
 * With `or retry` they may also have the same thing judged again.
 */
export async function awaitFix(
  desk: Desk,
  findings: readonly Finding[],
  otherwise?: 'or retry',
): Promise<'fix' | 'retry'> {
  const { ledger, terms } = desk;
  const last = candidateOf(desk);
  const seen = last.commit ?? last.base;
  const answers: MessageKind[] = otherwise === undefined ? ['fix'] : ['fix', 'retry'];
  let problems = findings;
  for (;;) {
    const decision = await askForFix(desk, problems, seen, answers);
    if (decision.kind === 'retry') return 'retry';
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
      last.fix = decision.reason ?? `commit ${short(verdict.head.commit)}`;
      ledger.next = verdict.head;
      return 'fix';
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
  answers: readonly MessageKind[],
): Promise<Decision> {
  const merged = desk.ledger.phase === 'merged';
  return desk.ask({
    id: 'fix',
    consequence: `Judges the new commit on ${desk.terms.branch} from step 1 and builds the next devN.${merged ? ' Main is merged already: the fix has to contain main.' : ''}`,
    subject: [
      ...findings.map((finding) => ({ label: 'finding', value: finding.title })),
      { label: 'branch was at', value: seen },
      { label: 'round', value: String(desk.ledger.gates.length + 1) },
    ],
    answers,
  });
}

/** The branch's head as admitted, or after a fix. */
export function takeNext(desk: Desk): BranchHead {
  const head = made(desk.ledger.next, 'commit to start from');
  delete desk.ledger.next;
  return head;
}
