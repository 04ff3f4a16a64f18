import { codecovName } from '../config/codecov.js';
import { codecovSecrets, readingSecrets } from '../config/secrets.js';
import type { PackageSetting, Settings } from '../config/settings.js';
import { formatDuration, longestDuration } from '../contract/duration.js';
import type { ReleaseRequest } from '../contract/release.js';
import { expiryProblems } from './secret-expiry.js';
import type { Workbench } from './support/workbench.js';

/** What the settings and this worker say against a request, whatever the world looks like; one sentence each. */
export function settledProblems(
  bench: Workbench,
  setting: PackageSetting,
  request: ReleaseRequest,
): string[] {
  return [
    ...watchProblems(request, bench.settings),
    ...peopleProblems(request, bench.settings),
    ...secretProblems(bench, setting),
    ...coverageProblems(bench, setting, request),
    ...expiryProblems(bench.settings),
  ];
}

/** Without its credentials a forge cannot even be opened. */
export function forgeProblems({ secrets }: Workbench, { forge: { token, app } }: PackageSetting): string[] {
  const name = token ?? app?.key;
  if (name === undefined || secrets.has(name)) return [];
  const what = token === undefined ? 'private key' : 'token';
  return [
    `The ${what} ${name}, with which the forge lets the service in, is missing: set ${name} (or ${name}_FILE) for the worker.`,
  ];
}

function coverageProblems(
  { settings: { codecov }, secrets }: Workbench,
  setting: PackageSetting,
  request: ReleaseRequest,
): string[] {
  const place = codecovName(setting);
  if (codecov === undefined || place === 'none') return [];
  const unknown = `The address of the repository does not tell its name on Codecov: write codecov = "github/owner/name", or "none", into [packages.${request.package}] of slipway.toml.`;
  const missing = codecovSecrets({ codecov }).filter((name) => !secrets.has(name));
  return [
    ...(place === undefined ? [unknown] : []),
    ...missing.map(
      (name) => `The token ${name} of Codecov is missing: set ${name} (or ${name}_FILE) for the worker.`,
    ),
  ];
}

function watchProblems(request: ReleaseRequest, settings: Settings): string[] {
  const least = settings.watchSeconds;
  if (request.watchSeconds === undefined) return [];
  if (!Number.isInteger(request.watchSeconds) || request.watchSeconds > longestDuration)
    return [`A watch of ${String(request.watchSeconds)} is no whole number of seconds up to a year.`];
  if (request.watchSeconds >= least) return [];
  return [
    `A watch of ${formatDuration(request.watchSeconds)} is shorter than the settings allow: ask for --watch ${formatDuration(least)} or more, or change watch in slipway.toml.`,
  ];
}

function peopleProblems(request: ReleaseRequest, settings: Settings): string[] {
  const able = settings.approvers.filter((person) => settings.selfApproval || person !== request.by);
  if (able.length >= settings.quorum) return [];
  return [
    `${String(settings.quorum)} approvals are needed and only ${String(able.length)} of the approvers may give one, since ${request.by} starts the release: have somebody else start it, or allow self-approval in slipway.toml.`,
  ];
}

function secretProblems(bench: Workbench, setting: PackageSetting): string[] {
  const { test, production } = bench.settings;
  const tokens = [test, production].flatMap(({ name, token }) =>
    token === undefined || bench.secrets.has(token)
      ? []
      : [`The upload token ${token} of ${name} is missing: set ${token} (or ${token}_FILE) for the worker.`],
  );
  const credentials = [...readingSecrets(bench.settings), setting.credentials]
    .filter((name) => name !== undefined && !bench.secrets.has(name))
    .map(
      (name = '') =>
        `The credentials ${name}, which slipway.toml names, are missing: set ${name} (or ${name}_FILE) to user:password for the worker.`,
    );
  return [...tokens, ...credentials];
}
