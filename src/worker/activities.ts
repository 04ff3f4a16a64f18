import type { Client } from '@temporalio/client';

import { earlierRuns } from '../activities/adopting/earlier.js';
import { createApplicationActivities } from '../activities/applications.js';
import { createArtifactActivities } from '../activities/build.js';
import { composeBuilding } from '../activities/building.js';
import { createCodecovActivities } from '../activities/codecov/ensure-reported.js';
import { createEquivalencePart } from '../activities/equivalence.js';
import { createBuildExaminations } from '../activities/examining/build.js';
import { createPublishExaminations } from '../activities/examining/publish.js';
import { createUrgentExaminations } from '../activities/examining/urgent.js';
import { forges } from '../activities/forge/forges.js';
import { createFallbackActivities } from '../activities/fallback.js';
import { createGitActivities } from '../activities/git.js';
import { createInstallationActivities } from '../activities/installation.js';
import { createLeaseActivities } from '../activities/lease.js';
import { createLogActivities } from '../activities/logs.js';
import { createMissingActivities } from '../activities/missing.js';
import { createModeActivities } from '../activities/modes.js';
import { createPackageIndexActivities } from '../activities/package-index.js';
import { createIndexProbe } from '../activities/probes/index-probe.js';
import { createIssuesProbe } from '../activities/probes/issues-probe.js';
import { createTrialProbe } from '../activities/probes/trial-probe.js';
import { createNotifyActivities } from '../activities/notify/ensure-told.js';
import { composePublishing } from '../activities/publishing.js';
import { createProofParts, createRecordActivities } from '../activities/records.js';
import { createSuiteActivities } from '../activities/suites.js';
import { createReadinessActivities } from '../activities/readiness.js';
import { createTermsActivities } from '../activities/terms.js';
import { createUploadActivities } from '../activities/publisher/ensure-uploaded.js';
import { createStopActivities } from '../activities/publisher/stopping.js';
import { awaitUploaded } from '../activities/publisher/trusted.js';
import { createVersionActivities } from '../activities/versions.js';
import { createArmingActivities } from '../activities/yank/arming.js';
import { createDrivers } from '../activities/yank/drivers.js';
import { createUnYankActivities } from '../activities/yank/ensure-un-yanked.js';
import { createYankActivities } from '../activities/yank/ensure-yanked.js';
import type { Workbench } from '../activities/support/workbench.js';
import { secretNames } from '../config/secrets.js';
import type { BuildActivities, PublishActivities, UrgentActivities } from '../contract/activities.js';
import type { Zone } from '../contract/zones.js';
import type {
  BuildExaminations,
  PublishExaminations,
  UrgentExaminations,
} from '../contract/preconditions.js';

/** The activities of a zone, from all that outside things offer; the compiler sees that none is missing. */
export function createActivities(
  zone: Exclude<Zone, 'workflow'>,
  bench: Workbench,
  client: Client,
): BuildZone | PublishZone | UrgentZone {
  const factories = { build: buildActivities, publish: publishActivities, urgent: urgentActivities };
  return factories[zone](bench, client);
}

type BuildZone = BuildActivities & BuildExaminations;
type PublishZone = PublishActivities & PublishExaminations;
type UrgentZone = UrgentActivities & UrgentExaminations;

function buildActivities(bench: Workbench): BuildZone {
  const trials = {
    ...createInstallationActivities(bench),
    ...createModeActivities(bench),
    ...createApplicationActivities(bench),
  };
  return {
    ...createBuildExaminations(bench),
    ...createMissingActivities(bench),
    ...createSuiteActivities(bench),
    ...composeBuilding(createArtifactActivities(bench), createEquivalencePart(bench)),
    ...trials,
    ...createTrialProbe(trials),
    ...createFallbackActivities(bench),
  };
}

function publishActivities(bench: Workbench, client: Client): PublishZone {
  const openForge = forges(bench);
  const readEarlier = earlierRuns(client);
  const git = createGitActivities(bench, openForge);
  const { awaitVisible } = createPackageIndexActivities(bench);
  const { readNextNumber } = createVersionActivities(bench);
  const proof = createProofParts(bench.store, client, secretsOf(bench, 'publish'));
  const uploads = createUploadActivities(bench, openForge);
  const parts = { ...git, ...uploads, ...proof, awaitVisible, readNextNumber };
  return {
    ...createPublishExaminations(bench, openForge, readEarlier),
    ...createTermsActivities(bench, git, openForge, readEarlier),
    ...git,
    ...createCodecovActivities(bench),
    ...createIndexProbe(bench),
    ...createIssuesProbe(openForge),
    awaitUploaded: (input) => awaitUploaded(openForge, input),
    ...composePublishing(parts, bench, openForge),
  };
}

function urgentActivities(bench: Workbench, client: Client): UrgentZone {
  const lease = createLeaseActivities(client);
  const drivers = createDrivers(bench);
  const arming = createArmingActivities(drivers);
  const { awaitYanked, awaitUnYanked } = createPackageIndexActivities(bench);
  const { readLastStable } = createVersionActivities(bench);
  return {
    ...lease,
    ...createUrgentExaminations(bench),
    ...createRecordActivities(bench.store, client, lease, secretsOf(bench, 'urgent')),
    ...createStopActivities(bench, forges(bench)),
    ...createYankActivities(bench, drivers),
    ...createUnYankActivities(bench, drivers),
    ...createReadinessActivities(bench, arming),
    ...createLogActivities(bench.settings.state, bench.store),
    ...createNotifyActivities(bench),
    awaitDisarmed: arming.awaitDisarmed,
    awaitYanked,
    awaitUnYanked,
    readLastStable,
  };
}

/** What must not stand in anything that is shown. */
function secretsOf({ settings, secrets }: Workbench, zone: Zone): string[] {
  return secretNames(settings, zone).flatMap((name) => (secrets.has(name) ? [secrets.get(name)] : []));
}
