import type { ReleaseRequest, Terms } from '../contract/release.js';
import { codecovName } from '../config/codecov.js';
import type { PackageSetting, Settings } from '../config/settings.js';
import { readSigning } from '../config/signers.js';
import { lineOf } from '../contract/version.js';
import type { OpenForge } from './forge/forge.js';
import { probesOf } from './probes/terms.js';
import { expiries, expiryLimits } from './secret-expiry.js';
import { mainIndex, resolveIndex } from './support/indexes.js';
import type { Workbench } from './support/workbench.js';

/** The terms that the settings make for a request, with the addresses of the indexes. */
export async function termsOf(
  bench: Workbench,
  openForge: OpenForge,
  setting: PackageSetting,
  request: ReleaseRequest,
): Promise<Terms> {
  const { settings } = bench;
  const forge = openForge(setting.repository);
  const { probes, unable } = probesOf(settings, request, forge);
  const limits = [...limitsOf(settings, request), ...unable];
  return {
    repository: setting.repository,
    base: baseFor(setting, request.version),
    branch: request.branch ?? setting.branch.replaceAll('{version}', request.version),
    approvers: settings.approvers,
    quorum: settings.quorum,
    selfApproval: settings.selfApproval,
    signatures: readSigning(settings).signing,
    approveWithin: settings.approveWithin,
    watchSeconds: request.watchSeconds ?? settings.watchSeconds,
    probes,
    escalateSeconds: settings.escalateSeconds,
    expiries: expiries(settings),
    test: await resolveIndex(bench, settings.test),
    production: await resolveIndex(bench, settings.production),
    main: await mainIndex(bench),
    ...coverageOf(settings, setting),
    yankDrivers: settings.yank.drivers,
    lateFilesSeconds: settings.yank.lateFilesSeconds,
    ...(limits.length === 0 ? {} : { limits }),
    reviews: forge.reviews,
    afterYank: settings.afterYank,
    finalVersion: settings.finalVersion,
    reruns: settings.reruns,
    historyEvents: settings.historyEvents,
    ...(Object.keys(settings.notify).length === 0 ? {} : { notifies: true }),
    ...(settings.webUi === undefined ? {} : { webUi: settings.webUi }),
  };
}

/** Where the package's coverage is reported, if anywhere. */
function coverageOf(settings: Settings, setting: PackageSetting): Pick<Terms, 'coverage'> {
  const repository = settings.codecov === undefined ? 'none' : codecovName(setting);
  return repository === undefined || repository === 'none'
    ? {}
    : { coverage: { name: 'Codecov', repository } };
}

/** The branch that a version is merged into: that of the longest line that it belongs to, or the package's own. */
function baseFor({ base, lines }: PackageSetting, version: string): string {
  const line = lineOf(version, Object.keys(lines));
  return (line === undefined ? undefined : lines[line]) ?? base;
}

/** The terms with what people have to know of the forge; that it lets the service in is found out here. */
export async function withForgeLimits(terms: Terms, openForge: OpenForge): Promise<Terms> {
  return withLimits(terms, await openForge(terms.repository).readLimits());
}

/** The terms with more that people have to know, a line each. */
export function withLimits(terms: Terms, more: readonly string[]): Terms {
  const limits = [...(terms.limits ?? []), ...more];
  return limits.length === 0 ? terms : { ...terms, limits };
}

/** What cannot be done with the settings' indexes: it is said before anything is done. */
function limitsOf(settings: Settings, request: ReleaseRequest): string[] {
  return [...removalLimits(settings), ...expiryLimits(settings, request)];
}

function removalLimits({ production, yank }: Settings): string[] {
  if (production.yanks !== false) return [];
  const who = yank.drivers.includes('command')
    ? 'the command of the settings removes'
    : 'a person has to remove';
  return [
    `${production.name} cannot yank: what is published there is installed until ${who} its files, and that is what a yank of this release will be.`,
  ];
}
