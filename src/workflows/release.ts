import type { ReleaseStart } from '../contract/handles.js';
import type { ReleaseOutcome } from '../contract/state.js';
import { mergedBefore, passedBefore } from './adopted.js';
import type { Desk } from './desk.js';
import { openRelease, watchedBefore } from './opening.js';
import { validateBranch } from './steps/01-validate-branch.js';
import { setVersion } from './steps/02-set-version.js';
import { buildAndCheck } from './steps/03-build-and-check.js';
import { publishToTestIndex } from './steps/04-publish-to-test-index.js';
import { verifyTestInstall } from './steps/05-verify-test-install.js';
import { runTests } from './steps/06-run-tests.js';
import { passQualityGates, type PassedCandidate } from './steps/07-pass-quality-gates.js';
import { mergeBranch } from './steps/08-merge-branch.js';
import { publishToProduction } from './steps/09-publish-to-production.js';
import { verifyProduction } from './steps/10-verify-production.js';
import { watchRelease } from './steps/11-watch-release.js';
import { concludeRelease } from './steps/12-conclude-release.js';

/** Takes one candidate through the steps before the merge. */
async function rehearsed(desk: Desk): Promise<PassedCandidate | undefined> {
  const { step, judge } = desk;
  const candidate = await step('01-validate-branch', () => validateBranch(desk));

  const rehearsal = await judge(async () => {
    await step('02-set-version', () => setVersion(desk, candidate));
    const built = await step('03-build-and-check', () => buildAndCheck(desk, candidate));
    const files = await step('04-publish-to-test-index', () => publishToTestIndex(desk, candidate, built));
    await step('05-verify-test-install', () => verifyTestInstall(desk, files));
    await step('06-run-tests', () => runTests(desk, files));
    return files;
  });

  return step('07-pass-quality-gates', () =>
    passQualityGates(desk, candidate, rehearsal, (files, asked) =>
      step('06-run-tests', () => runTests(desk, files, asked)),
    ),
  );
}

/** Takes one version of one package through the twelve steps of the release procedure. */
export async function releasePackage(start: ReleaseStart): Promise<ReleaseOutcome> {
  return openRelease(start, async (desk, page) => {
    const { step, stoppable } = desk;

    const course = await stoppable(async () => {
      const watched = watchedBefore(start);
      let published = watched;
      while (published === undefined) {
        if (page.isFull()) await page.turn();
        const passed = passedBefore(desk) ?? (await rehearsed(desk));
        if (passed === undefined) continue; // a fix has come: the next devN
        const merged = mergedBefore(desk) ?? (await step('08-merge-branch', () => mergeBranch(desk, passed)));
        if (merged === undefined) continue;
        published = await step('09-publish-to-production', () => publishToProduction(desk, passed, merged));
      }

      const final = published;
      if (watched === undefined) await step('10-verify-production', () => verifyProduction(desk, final));
      await step('11-watch-release', () => watchRelease(desk, page));
      return step('12-conclude-release', () => concludeRelease(desk));
    });

    if ('ended' in course) return course.ended;
    return step('12-conclude-release', () => concludeRelease(desk, course.stopped));
  });
}
