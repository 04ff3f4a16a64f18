import type { BuildActivities, Installation } from '../../contract/activities.js';
import type { Measured, ProbeWork } from '../../contract/probes.js';
import type { Verdict } from '../../contract/verdict.js';
import { probeRound } from './round.js';

/** What the probes try out is what the steps 6 and 10 have tried. */
type Trials = Pick<BuildActivities, 'checkInstallation' | 'runMode' | 'runApplication'>;

/** The probes that install what the index serves, and use it. */
export function createTrialProbe(trials: Trials): Pick<BuildActivities, 'awaitTrialProbe'> {
  return {
    awaitTrialProbe: ({ installation, ...round }) =>
      probeRound(round, async () => measuredBy(await tryOut(trials, round.probe.work, installation))),
  };
}

function tryOut(trials: Trials, work: ProbeWork, installation: Installation): Promise<Verdict> {
  switch (work.does) {
    case 'install':
      return trials.checkInstallation({ ...installation, pinned: false });
    case 'mode':
      return trials.runMode({ ...installation, mode: work.mode });
    case 'application':
      return trials.runApplication({ ...installation, application: work.application });
    case 'index':
    case 'issues':
      throw new Error('what is only read is read in another zone');
  }
}

function measuredBy(verdict: Verdict): Measured {
  if (!verdict.passed) return { kind: 'failed', findings: verdict.findings };
  const [evidence = { what: 'it passed' }] = verdict.evidence;
  return { kind: 'passed', evidence };
}
