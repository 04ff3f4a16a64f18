import type { MeasuredCoverage } from '../contract/activities.js';
import { short } from '../contract/digest.js';
import type { Sha } from '../contract/release.js';
import { commandFor, troubleSubject } from '../contract/trouble.js';
import type { Evidence, Finding } from '../contract/verdict.js';
import { publish } from './activities.js';
import type { Desk } from './desk.js';
import { refuse } from './quality.js';

/** Has the coverage service hold what was measured of a commit, or people waive that for this commit. */
export async function reportCoverage(
  desk: Desk,
  measured: { readonly commit: Sha; readonly branch: string; readonly coverage: MeasuredCoverage },
): Promise<readonly Evidence[]> {
  const { coverage: service } = desk.terms;
  if (service === undefined) return [{ what: 'coverage service: not configured' }];
  for (let anew = false; ; anew = true) {
    const verdict = await publish.ensureCoverageReported({ service, ...measured, anew });
    if (verdict.passed) return verdict.evidence;
    const waived = await askToWaive(desk, service.name, measured.commit, verdict.findings);
    if (waived) {
      const why = verdict.findings.map(({ title }) => title).join('; ');
      return [{ what: `${why}: waived by ${desk.approvers('coverage')}` }];
    }
  }
}

/** Whether people do without the report; false if it is to be tried again. */
async function askToWaive(
  desk: Desk,
  service: string,
  commit: Sha,
  findings: readonly Finding[],
): Promise<boolean> {
  const answer = await desk.ask({
    id: 'coverage',
    consequence: `Goes on without a report on ${service} for this commit alone; what was measured here has passed.`,
    subject: [
      { label: 'commit', value: commit },
      ...findings.map(({ title }) => ({ label: 'finding', value: title })),
      ...troubleSubject({
        now: `The suites have passed on ${short(commit)}, and their coverage is kept here.`,
        not: `${service} shows no report of it.`,
        next: `Mend that, then \`${commandFor('retry', desk.subject, '--reason "…"')}\`; an approval goes on without.`,
      }),
    ],
    answers: ['approve', 'reject', 'retry'],
  });
  if (answer.kind === 'reject')
    refuse(
      `${answer.by} rejected ${short(commit)} without a report on ${service}: ${answer.reason ?? 'no reason given'}`,
    );
  return answer.kind === 'approve';
}
