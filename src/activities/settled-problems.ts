import { codecovName } from '../config/codecov.js';
import { codecovSecrets, readingSecrets } from '../config/secrets.js';
import type { PackageSetting, Settings } from '../config/settings.js';
import { formatDuration, longestDuration } from '../contract/duration.js';
import { fail, pass, unknown, type Precondition } from '../contract/preconditions.js';
import type { ReleaseRequest } from '../contract/release.js';
import { expiryPreconditions } from './secret-expiry.js';
import type { Workbench } from './support/workbench.js';

/** What the settings and this worker say to a request, whatever the world looks like. */
export function settledPreconditions(
  bench: Workbench,
  setting: PackageSetting,
  request: ReleaseRequest,
): Precondition[] {
  return [
    watchPrecondition(request, bench.settings),
    peoplePrecondition(request, bench.settings),
    ...secretPreconditions(bench, setting, request),
    ...coveragePreconditions(bench, setting, request),
    ...expiryPreconditions(bench.settings),
  ];
}

/** Without its credentials a forge cannot even be opened. */
export function forgePreconditions(
  { secrets }: Workbench,
  { forge: { token, app } }: PackageSetting,
): Precondition[] {
  const name = token ?? app?.key;
  if (name === undefined) return [];
  const what = `The ${token === undefined ? 'private key' : 'token'} ${name}, with which the forge lets the service in,`;
  return [
    secrets.has(name)
      ? pass('secrets', `${what} is set`)
      : fail('secrets', `${what} is missing`, `${setIt(name)}.`),
  ];
}

function coveragePreconditions(
  { settings: { codecov }, secrets }: Workbench,
  setting: PackageSetting,
  request: ReleaseRequest,
): Precondition[] {
  const place = codecovName(setting);
  if (codecov === undefined || place === 'none') return [];
  const unnamed = fail(
    'release',
    'The address of the repository does not tell its name on Codecov',
    `write codecov = "github/owner/name", or "none", into [packages.${request.package}] of slipway.toml.`,
  );
  return [
    ...(place === undefined ? [unnamed] : []),
    ...codecovSecrets({ codecov }).map((name) =>
      secrets.has(name)
        ? pass('secrets', `The token ${name} of Codecov is set`)
        : fail('secrets', `The token ${name} of Codecov is missing`, `${setIt(name)}.`),
    ),
  ];
}

function watchPrecondition(request: ReleaseRequest, settings: Settings): Precondition {
  const least = settings.watchSeconds;
  const { watchSeconds = least } = request;
  if (!Number.isInteger(watchSeconds) || watchSeconds > longestDuration)
    return fail('release', `A watch of ${String(watchSeconds)} is no whole number of seconds up to a year.`);
  if (watchSeconds >= least)
    return pass('release', `The watch of ${formatDuration(watchSeconds)} is as long as the settings want it`);
  return fail(
    'release',
    `A watch of ${formatDuration(watchSeconds)} is shorter than the settings allow`,
    `ask for --watch ${formatDuration(least)} or more, or change watch in slipway.toml.`,
  );
}

function peoplePrecondition(
  { by }: ReleaseRequest,
  { approvers, quorum, selfApproval }: Settings,
): Precondition {
  const able = approvers.filter((person) => selfApproval || person !== by);
  if (able.length >= quorum)
    return pass(
      'people',
      `Of ${able.join(', ')} an approval takes ${String(quorum)}; ${by} starts the release`,
    );
  return fail(
    'people',
    `${String(quorum)} approvals are needed and only ${String(able.length)} of the approvers may give one, since ${by} starts the release`,
    'have somebody else start it, or allow self-approval in slipway.toml.',
  );
}

function secretPreconditions(
  { settings, secrets }: Workbench,
  setting: PackageSetting,
  request: ReleaseRequest,
): Precondition[] {
  const tokens = [settings.test, settings.production].flatMap(({ name, token }) => {
    if (token === undefined) return [];
    const what = `The upload token ${token} of ${name}`;
    return secrets.has(token)
      ? [
          pass('secrets', `${what} is set`),
          unknown(
            'secrets',
            `Whether ${token} may upload ${request.package} to ${name}: its scope is unknown until the first upload, for no index tells it`,
          ),
        ]
      : [fail('secrets', `${what} is missing`, `${setIt(token)}.`)];
  });
  const credentials = [...readingSecrets(settings), setting.credentials ?? []]
    .flat()
    .map((name) =>
      secrets.has(name)
        ? pass('secrets', `The credentials ${name} are set`)
        : fail(
            'secrets',
            `The credentials ${name}, which slipway.toml names, are missing`,
            `set ${name} (or ${name}_FILE) to user:password for the worker.`,
          ),
    );
  return [...tokens, ...credentials];
}

function setIt(name: string): string {
  return `set ${name} (or ${name}_FILE) for the worker`;
}
