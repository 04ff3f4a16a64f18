import { deadlines } from '../contract/deadlines.js';
import { digestOf } from '../contract/digest.js';
import type { Fact } from '../contract/facts.js';
import type { Manifest, Terms } from '../contract/release.js';
import { currentCandidate, type Candidate, type Ledger, type StepRecord } from '../contract/state.js';
import { describeStep, stepNumber, type StepId } from '../contract/steps.js';
import type { Evidence, Finding } from '../contract/verdict.js';
import { amendmentOf, messageEvidence, questionOf } from './people.js';
import { evidenceId, type EvidenceLine, type ReleaseEvidence } from './schema.js';
import { lastMoment, secondsBetween, utc } from './times.js';
import { timelineOf } from './timeline.js';
import { probesOf, rollbackOf, yanksEvidence } from './watched.js';

/**
 * What a release can show to anybody, of its whole state at a moment (ISO 8601): what ships, what every step found, and
 * who answered what. Of one that has ended it is the same whenever it is made. What a tool printed is not in it.
 */
export function evidenceOf(ledger: Ledger, now: string): ReleaseEvidence {
  const ended = ledger.phase === 'closed';
  const asOf = ended ? lastMoment(ledger) : utc(now);
  return {
    ...headOf(ledger, asOf),
    ...shippedOf(ledger),
    ...foundOf(ledger),
    questions: ledger.gates.map((gate) => questionOf(ledger, gate, asOf)),
    amendments: (ledger.amendments ?? []).map(amendmentOf),
    messages: ledger.messages.map((record) => messageEvidence(ledger, record)),
    ...forgottenOf(ledger),
    ...watchOf(ledger),
    reports: ledger.reports.map(({ by, at, reason, link, command, answered }) => ({
      ...{ by, at: utc(at), reason, link, command, answered },
    })),
    ...(ledger.stop === undefined ? {} : { stop: { ...ledger.stop, at: utc(ledger.stop.at) } }),
    yanks: yanksEvidence(ledger),
    ...rollbackOf(ledger),
    steps: ledger.steps.map(stepOf),
    deadlines: ended ? [] : deadlines(ledger, asOf).map(({ what, at }) => ({ text: what, at: utc(at) })),
    timeline: timelineOf(ledger, asOf),
  };
}

function forgottenOf({ forgotten }: Ledger): Pick<ReleaseEvidence, 'forgotten'> {
  if (forgotten === undefined) return {};
  return { forgotten: { messages: forgotten.messages, questions: forgotten.gates } };
}

function headOf(ledger: Ledger, asOf: string) {
  const { request, id: release, startedAt, outcome, terms, agreed, phase } = ledger;
  return {
    schema: evidenceId,
    release,
    ...{ package: request.package, version: request.version },
    state: phase === 'closed' ? ('ended' as const) : ('running' as const),
    asOf,
    outcome: outcome?.outcome,
    summary: summaryOf(ledger),
    started: { by: request.by, at: utc(startedAt) },
    ...(terms === undefined ? {} : { terms: termsOf(terms, agreed) }),
  };
}

function summaryOf({ outcome, phase, request, notice }: Ledger): string {
  const { package: name, version } = request;
  if (outcome !== undefined && phase === 'closed') return outcome.summary;
  if (phase === 'closed') return notice ?? `${name} ${version} was refused.`;
  return `The release of ${name} ${version} is not finished: what is here can still change.`;
}

function termsOf(terms: Terms, agreed: string | undefined): ReleaseEvidence['terms'] {
  return {
    digest: digestOf(terms),
    agreedDigest: agreed,
    ...{ repository: terms.repository, base: terms.base, branch: terms.branch },
    approvers: [...terms.approvers],
    quorumPeople: terms.quorum,
    selfApproval: terms.selfApproval !== false,
    ...(terms.selfApproval === false ? {} : { selfApprovalAfterSeconds: terms.selfApproval.delaySeconds }),
    signedQuestions: [...(terms.signatures?.demanded ?? [])],
    approveWithinSeconds: { ...terms.approveWithin },
    mostReruns: terms.reruns ?? 0,
    reviewsCount: terms.reviews,
    watchSeconds: terms.watchSeconds,
    testIndex: terms.test.name,
    productionIndex: terms.production.name,
    mainIndex: terms.main.name,
    coverageService: terms.coverage?.name,
    yankDrivers: [...terms.yankDrivers],
    afterYank: terms.afterYank,
    finalVersion: terms.finalVersion,
    limits: [...(terms.limits ?? [])],
  };
}

function shippedOf(ledger: Ledger) {
  const { final, merges, candidates, waiver } = ledger;
  return {
    commit: final?.commit,
    reachedBase: final?.onBase,
    tag: final?.tagged === true ? currentCandidate(ledger)?.config.tag : undefined,
    files: filesOf(final?.manifest),
    toolchain: final?.manifest.toolchain,
    visibleAt: utc(final?.visibleAt),
    merges: merges.map(({ commit, previous, head }) => ({ commit, previous, head })),
    candidates: candidates.map(candidateOf),
    ...(waiver === undefined ? {} : { waiver: { ...waiver, at: utc(waiver.at) } }),
  };
}

function filesOf(manifest: Manifest | undefined): ReleaseEvidence['files'] {
  return (manifest?.files ?? []).map(({ filename, kind, sha256, size }) => ({
    ...{ filename, kind, sha256, sizeBytes: size },
  }));
}

function candidateOf(candidate: Candidate, index: number): ReleaseEvidence['candidates'][number] {
  const { base, commit, version, startedAt, judgedAt, passed, config, manifest, fix } = candidate;
  return {
    number: index + 1,
    ...{ base, commit, version, passed, fix },
    startedAt: utc(startedAt),
    judgedAt: utc(judgedAt),
    configuration: config.digest,
    configurationChanges: [...candidate.configChanges],
    minimumCoveragePercent: config.minimumCoverage,
    files: filesOf(manifest),
    ...changelogOf(candidate),
    coverage: candidate.coverage.map(lineOf),
    findings: candidate.findings.map(findingLine),
    attempts: (candidate.tests ?? []).map(({ step, name, files, attempts }) => ({
      ...{ step, name, filesDigest: files },
      attempts: attempts.map(({ at, passed: ok, found, asked }) => ({
        ...{ at: utc(at), passed: ok, found: found.map(lineOf), asked },
      })),
    })),
  };
}

function changelogOf({ changelog }: Candidate): Pick<ReleaseEvidence['candidates'][number], 'changelog'> {
  return changelog !== undefined && 'text' in changelog ? { changelog: { ...changelog } } : {};
}

type Found<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }> & { readonly step: StepId };

/** What steps found in numbers, each kind by itself. */
function foundOf({ steps }: Ledger) {
  const facts = steps.flatMap(({ id: step, evidence }) =>
    evidence.flatMap(({ facts: own = [] }) => own.map((fact) => ({ step, ...fact }))),
  );
  const of = <Kind extends Fact['kind']>(wanted: Kind) =>
    facts.filter((fact): fact is Found<Kind> => fact.kind === wanted);
  return {
    tests: of('tests').map(({ kind, ...tests }) => tests),
    coverage: of('coverage').map(({ kind, ...coverage }) => coverage),
    comparisons: of('version-only').map(({ kind, ...compared }) => compared),
    readBacks: of('served').map(({ kind, files, ...index }) => ({ ...index, files: [...files] })),
  };
}

function watchOf({ watch, steps, shifts, probes, terms }: Ledger) {
  const endedAt = steps.find(({ id }) => id === '11-watch-release')?.endedAt;
  return {
    ...(watch === undefined
      ? {}
      : {
          watch: {
            ...{ from: utc(watch.from), until: utc(watch.until) },
            ...(endedAt === undefined ? {} : { endedAt: utc(endedAt) }),
            plannedSeconds: secondsBetween(watch.from, watch.until),
          },
        }),
    onWatch: shifts.map(({ by, from, until }) => ({
      ...{ by, from: utc(from) },
      until: utc(until),
    })),
    probes: probesOf(probes ?? [], terms?.probes ?? []),
  };
}

function stepOf({ id, state, startedAt, endedAt, evidence, findings }: StepRecord) {
  return {
    number: stepNumber(id),
    ...{ id, state, title: describeStep(id).title },
    startedAt: utc(startedAt),
    endedAt: utc(endedAt),
    tookSeconds:
      startedAt === undefined || endedAt === undefined ? undefined : secondsBetween(startedAt, endedAt),
    found: evidence.map(lineOf),
    findings: findings.map(findingLine),
  };
}

function lineOf({ what, digest }: Evidence): EvidenceLine {
  return { text: what, keptAs: digest };
}

function findingLine({ title, log }: Finding): EvidenceLine {
  return { text: title, keptAs: log };
}
