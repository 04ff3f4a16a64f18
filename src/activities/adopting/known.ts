import type { AlreadyTrue } from '../../contract/adopting.js';
import { short } from '../../contract/digest.js';
import { namesOf, type GateId } from '../../contract/gates.js';
import type { Candidate, Ledger } from '../../contract/state.js';
import type { StepId } from '../../contract/steps.js';

/** What an earlier run knew of its candidate's tests. */
export function testedLines({ passed, version, findings }: Candidate): AlreadyTrue[] {
  if (passed === true)
    return [{ step: '07-pass-quality-gates', what: `${version ?? ''} passed steps 2 to 6` }];
  return findings.map(({ title }) => ({ step: '07-pass-quality-gates', what: `found before: ${title}` }));
}

const gateSteps: Partial<Record<GateId, StepId>> = {
  branch: '01-validate-branch',
  merge: '08-merge-branch',
  production: '09-publish-to-production',
};

/** Approvals that count still, each for exactly what it was given for. */
export function approvedLines({ gates = [] }: Partial<Pick<Ledger, 'gates'>>): AlreadyTrue[] {
  return gates.flatMap(({ id, answer, digest, decisions }) => {
    const step = gateSteps[id];
    if (step === undefined || answer !== 'approve') return [];
    return [
      { step, what: `${id} was approved by ${namesOf(decisions)}, for ${short(digest)} and nothing else` },
    ];
  });
}
