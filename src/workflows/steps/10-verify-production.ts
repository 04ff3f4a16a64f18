import type { Decision } from '../../contract/gates.js';
import { rerunsLeft } from '../../contract/reruns.js';
import type { FinalVersion } from '../../contract/state.js';
import { build } from '../activities.js';
import { commandFor, troubleSubject, type Trouble } from '../../contract/trouble.js';
import type { Desk } from '../desk.js';
import { candidateOf, installationOf } from '../quality.js';
import { runAllTests } from '../testing.js';
import { askToKeep } from './11-watch-release.js';

const step = '10-verify-production';

/** Installs from the production index as users do and runs all of step 6 again; a failure goes straight to the yank question. */
export async function verifyProduction(desk: Desk, published: FinalVersion): Promise<void> {
  const installation = installationOf(desk, published.manifest, { index: desk.terms.production });
  const clean = {
    name: 'the clean installation',
    run: () => build.checkInstallation({ ...installation, pinned: false }),
  };
  let again: Decision | undefined;
  for (;;) {
    const verdict = await desk.judge(() => runAllTests(desk, { step, installation, beside: [clean], again }));
    if (verdict.passed) return;
    desk.fail(verdict.findings);
    const problems = verdict.findings.map(({ title }) => ({ label: 'problem', value: title }));
    const left = rerunsLeft(desk.terms, candidateOf(desk), step);
    const answer = await askToKeep(
      desk,
      [...problems, ...troubleSubject(standing(desk))],
      left > 0 ? ['rerun'] : [],
    );
    if (answer.kind !== 'rerun') return;
    again = answer;
    desk.reopen(step);
  }
}

function standing({ terms, subject }: Desk): Trouble {
  const name = `${subject.package} ${subject.version}`;
  return {
    now: `${terms.production.name} serves ${name} to everybody.`,
    not: `Step 10 has not shown that it works.`,
    next: `Where it is broken: \`${commandFor('yank', subject, '--reason "…"')}\`; else keep it, with the reason.`,
  };
}
