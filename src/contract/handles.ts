import type { Ledger } from './state.js';
import type { ReleaseRequest } from './release.js';
import { steps } from './steps.js';
import type { Trouble } from './trouble.js';

/** The names under which the engine knows the workflows, and what they take. */
export const workflowTypes = {
  release: 'releasePackage',
  yank: 'yankRelease',
  unYank: 'unYankRelease',
  lease: 'packageLease',
  log: 'readLog',
  examination: 'examineRelease',
} as const;

/** What a release starts from: a request, or the ledger of the run that it continues. */
export type ReleaseStart = { readonly request: ReleaseRequest } | { readonly ledger: Ledger };

/** A yank of a version whose release has ended, or taking one back. */
export interface YankRequest {
  readonly package: string;
  readonly version: string;
  readonly by: string;
  readonly reason: string;
}

/** The workflow id of a release. */
export function releaseId(packageName: string, version: string): string {
  return `release/${packageName}/${version}`;
}

/** The package of a release's workflow id; undefined for the id of anything else. */
export function packageOfRelease(workflowId: string): string | undefined {
  return /^release\/([^/]+)\//.exec(workflowId)?.[1];
}

/** The page of a workflow in the Web UI. */
export function pageOf(webUi: string, namespace: string, workflowId: string): string {
  return `${webUi.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

/** The workflow id of a yank after the release's run has ended. */
export function yankId(packageName: string, version: string): string {
  return `yank/${packageName}/${version}`;
}

/** The workflow id of taking a yank back after the release's run has ended. */
export function unYankId(packageName: string, version: string): string {
  return `un-yank/${packageName}/${version}`;
}

/** The workflow id of a package's lease. */
export function leaseId(packageName: string): string {
  return `lease/${packageName}`;
}

/** The workflow id of looking at everything that a release needs; each time it is a new run. */
export function examinationId(packageName: string, version: string): string {
  return `doctor/${packageName}/${version}`;
}

/** The query that answers with the ledger, and the update that answers once a release is admitted or refused. */
export const queryName = 'ledger';
export const admittedName = 'admitted';

/** The answer to whoever starts a release. */
export type Admission =
  | {
      readonly state: 'admitted';
      readonly limits?: readonly string[];
      /** Of a release that is taken over: what is true already, and where it goes on. */
      readonly already?: readonly string[];
    }
  | { readonly state: 'waiting'; readonly holder: string; readonly ahead: number }
  | { readonly state: 'refused'; readonly problems: readonly string[]; readonly trouble: Trouble };

/** The update by which a release asks for its package's lease, and the signals between the two. */
export const acquireName = 'acquire';
export const leaseReleasedName = 'leaseReleased';
export const leaseGrantedName = 'leaseGranted';

/** The query that answers with the workflow id of the release that holds a lease; undefined while nobody does. */
export const leaseHolderName = 'holder';

/** The typed search attributes of a release, all of type Keyword. */
export const searchAttributes = {
  package: 'SlipwayPackage',
  version: 'SlipwayVersion',
  step: 'SlipwayStep',
  status: 'SlipwayStatus',
  waitingFor: 'SlipwayWaitingFor',
} as const;

/** What those that change say of a release that has just been started. */
export const attributesAtStart = {
  [searchAttributes.step]: steps[0].id,
  [searchAttributes.status]: 'running',
  [searchAttributes.waitingFor]: 'nobody',
} as const;
