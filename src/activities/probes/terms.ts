import type { Settings } from '../../config/settings.js';
import type { Forge } from '../forge/forge.js';
import type { Probe } from '../../contract/probes.js';
import type { BranchHead, ReleaseRequest, Terms } from '../../contract/release.js';

/** The probes that guard the package, and what people have to know of those that its forge cannot do. */
export function probesOf(
  { probes }: Settings,
  request: ReleaseRequest,
  { listIssues }: Pick<Forge, 'listIssues'>,
): { probes: Probe[]; unable: string[] } {
  const guarding = probes.flatMap(({ packages, ...probe }) =>
    packages === undefined || packages.includes(request.package) ? [probe] : [],
  );
  const isAble = ({ work }: Probe) => work.does !== 'issues' || listIssues !== undefined;
  return {
    probes: guarding.filter(isAble),
    unable: guarding
      .filter((probe) => !isAble(probe))
      .map(
        ({ name }) =>
          `the probe ${name} is left out, because the repository stands on plain git, where nobody can open an issue.`,
      ),
  };
}

/** Tests that the package does not have: that a probe by them is useless would show only hours after the upload. */
export function probeProblems({ probes }: Terms, { config }: BranchHead): string[] {
  return probes.flatMap(({ name, work }) => {
    const missing =
      (work.does === 'mode' && !config.modes.includes(work.mode) && `mode ${work.mode}`) ||
      (work.does === 'application' &&
        !config.applications.includes(work.application) &&
        `application ${work.application}`);
    return missing === false
      ? []
      : [
          `The probe ${name} of slipway.toml needs the ${missing}, which the package does not have: name another, or the packages that the probe guards.`,
        ];
  });
}
