/** What the table says of one step of the procedure. */
export interface StepDescription {
  /** The name of the file under `workflows/steps/` that carries the step out. */
  readonly id: string;
  readonly title: string;
  /** When the step counts as done, in one sentence. */
  readonly doneWhen: string;
  /** What the step may ask of people, in one sentence; undefined where it asks nothing. */
  readonly asks?: string;
}

/** The one table of the twelve steps, in the order of the procedure; only `workflows/release.ts` orders them. */
export const steps = [
  {
    id: '01-validate-branch',
    title: 'Validate the release branch',
    doneWhen:
      'the branch is pinned to one commit, all suites pass with the coverage demanded, on every declared path, the coverage service (where one is configured) shows the report, and that commit is approved',
    asks: 'waive a report that the coverage service does not show; approve or reject the branch at its commit; after a finding: push a fix and send `fix`',
  },
  {
    id: '02-set-version',
    title: 'Set the development version',
    doneWhen:
      'the next free X.Y.Z.devN stands in every version file, committed and pushed by compare-and-swap, and nothing else changed',
    asks: 'waive the test index where it cannot be read',
  },
  {
    id: '03-build-and-check',
    title: 'Build and check',
    doneWhen:
      'one sdist and one wheel were built from a clean checkout, checked, and kept by their sha256 before anything is uploaded',
  },
  {
    id: '04-publish-to-test-index',
    title: 'Publish to the test index',
    doneWhen:
      'the test index serves every file with our sha256, or people have waived that index for this release',
    asks: 'waive the test index where it is out of order, or the name is somebody else’s there',
  },
  {
    id: '05-verify-test-install',
    title: 'Install from the test index',
    doneWhen:
      'a new environment holds exactly our wheel of exactly this version from the test index and everything else from the main index',
  },
  {
    id: '06-run-tests',
    title: 'Run the tests in every mode and application',
    doneWhen: 'the copied tests pass against the installed wheel in every mode, and so do all applications',
  },
  {
    id: '07-pass-quality-gates',
    title: 'Pass the quality gates',
    doneWhen: 'everything passed for exactly this candidate; anything else waits for a fix and raises N',
    asks: 'after a finding: push a fix to the release branch and send `fix`; after tests that failed because of somebody outside: `rerun`',
  },
  {
    id: '08-merge-branch',
    title: 'Merge the release branch',
    doneWhen:
      'the badges point at main, the merge is checked and approved, main is merged at exactly the validated head, all suites pass again under coverage, and the coverage service (where one is configured) shows that report too',
    asks: 'approve or reject the merge; waive a report that the coverage service does not show',
  },
  {
    id: '09-publish-to-production',
    title: 'Publish to production',
    doneWhen:
      'the final files differ from the tested ones only in version, people approved exactly their digests, the production index serves them, and the commit is tagged',
    asks: 'approve or reject the upload of exactly these files',
  },
  {
    id: '10-verify-production',
    title: 'Verify the production release',
    doneWhen:
      'a clean install from the production index resolves to this version with our sha256, and all of step 6 passes again',
    asks: 'if anything fails: yank or keep, or rerun tests that failed because of somebody outside',
  },
  {
    id: '11-watch-release',
    title: 'Watch the release',
    doneWhen:
      'the watch window is over, and every report, by people or by a probe, and every question about a probe is answered',
    asks: 'report a problem; after a report: yank or keep; after a probe that could not measure: retry, keep or yank',
  },
  {
    id: '12-conclude-release',
    title: 'Conclude the release',
    doneWhen:
      'after a yank main holds the last stable tree again, and its suites have passed there, or people have kept main for a fix; otherwise the release branch is deleted, if nobody has pushed to it since',
    asks: 'after a yank, or an abort after the merge: put main back or keep it',
  },
] as const satisfies readonly StepDescription[];

/** The id of one of the twelve steps. */
export type StepId = (typeof steps)[number]['id'];

/** The table's row of a step. */
export function describeStep(id: StepId): StepDescription {
  const found = steps.find((step) => step.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
}

/** The number of a step, 1 to 12. */
export function stepNumber(id: StepId): number {
  return steps.findIndex((step) => step.id === id) + 1;
}
