import { ActivityFailure, ApplicationFailure, allHandlersFinished, condition } from '@temporalio/workflow';

import { digestOf } from '../contract/digest.js';
import type { BranchHead, Source, Terms } from '../contract/release.js';
import { build, publish, urgent } from './activities.js';
import type { Desk } from './desk.js';
import type { AdmissionState } from './handlers.js';
import { describeTrouble } from './trouble.js';

/** Reads the terms, judges the request with every problem at once, and takes the package's lease. */
export async function admit(desk: Desk, admission: AdmissionState): Promise<void> {
  await readTerms(desk, admission);
  const { request, id } = desk.ledger;
  const lease = await urgent.ensureLease({ package: request.package, holder: id, wait: request.wait });
  if (lease.state === 'held')
    return refuse(admission, [
      `${lease.holder} is open and holds the lease of ${request.package}: let it end, or start with --wait to queue behind it.`,
    ]);
  if (lease.state === 'queued') {
    admission.answer = { state: 'waiting', holder: lease.holder, ahead: lease.ahead };
    desk.ledger.notice = `waits behind ${lease.holder} (${String(lease.ahead)} ahead)`;
    desk.refresh();
    await condition(() => admission.granted);
    delete desk.ledger.notice;
    // The release ahead may have changed the branch, the indexes or the settings.
    await readTerms(desk, admission);
  }
  admission.answer = { state: 'admitted' };
}

async function readTerms(desk: Desk, admission: AdmissionState): Promise<void> {
  try {
    const answer = await publish.readTerms({ request: desk.ledger.request });
    if ('problems' in answer) return await refuse(admission, answer.problems);
    desk.ledger.terms = answer.terms;
    desk.ledger.agreed = digestOf({ request: desk.ledger.request, terms: answer.terms });
    const head = await readHead(desk, admission, answer.terms);
    await lookForSecrets(admission, { repository: answer.terms.repository, commit: head.commit, config: head.config.digest });
    desk.ledger.next = head;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const trouble = describeTrouble(error);
    await refuse(admission, [`${trouble.now} ${trouble.next}`]);
  }
}

async function readHead(desk: Desk, admission: AdmissionState, terms: Terms): Promise<BranchHead> {
  const verdict = await publish.readBranch({
    repository: terms.repository,
    branch: terms.branch,
    ...desk.subject,
  });
  if (verdict.passed) return verdict.head;
  return refuse(
    admission,
    verdict.findings.map((finding) => (finding.detail === undefined ? finding.title : `${finding.title}: ${finding.detail}`)),
  );
}

async function lookForSecrets(admission: AdmissionState, source: Source): Promise<void> {
  const { missing } = await build.readMissingSecrets({ source });
  if (missing.length > 0)
    await refuse(
      admission,
      missing.map(
        (name) => `The secret ${name} is missing: list it under build-secrets in slipway.toml and set ${name} (or ${name}_FILE) for the worker.`,
      ),
    );
}

/** Tells whoever started the release, and ends the run as failed: nothing was changed outside. */
async function refuse(admission: AdmissionState, problems: readonly string[]): Promise<never> {
  admission.answer = { state: 'refused', problems };
  await condition(allHandlersFinished);
  throw ApplicationFailure.create({
    type: 'refused',
    nonRetryable: true,
    message: problems.join('\n'),
    details: [problems],
  });
}
