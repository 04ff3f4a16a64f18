import type { Settings } from '../../config/settings.js';
import type { Probe } from '../../contract/probes.js';
import type { BranchHead, ReleaseRequest, Terms } from '../../contract/release.js';

/** The probes that guard the package. */
export function probesOf({ probes }: Settings, request: ReleaseRequest): Probe[] {
  return probes.flatMap(({ packages, ...probe }) =>
    packages === undefined || packages.includes(request.package) ? [probe] : [],
  );
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
