import { pass, type Precondition, type UrgentExaminations } from '../../contract/preconditions.js';
import type { ReleaseRequest } from '../../contract/release.js';
import { windowOpens } from '../readiness.js';
import { resolveIndex } from '../support/indexes.js';
import { witnessed } from '../support/witness.js';
import type { Workbench } from '../support/workbench.js';
import { lookAtDriver } from '../yank/looking.js';
import { channelPreconditions } from './channels.js';
import { inquire } from './inquiring.js';

/** What the urgent zone sees before a release: who could take it back and who is told, without arming or sending anything. */
export function createUrgentExaminations(bench: Workbench): UrgentExaminations {
  return {
    async examineUrgent({ request }) {
      const { value, ran } = await witnessed(bench, () =>
        inquire('yank', 'Who could yank', () => driverPreconditions(bench, request)),
      );
      return { preconditions: [...value, ...channelPreconditions(bench), windowPrecondition(bench)], ran };
    },
  };
}

async function driverPreconditions(
  bench: Workbench,
  { package: name, version }: ReleaseRequest,
): Promise<Precondition[]> {
  const index = await resolveIndex(bench, bench.settings.production);
  const target = { index, subject: { package: name, version } };
  const found = await Promise.all(
    bench.settings.yank.drivers.map((driver) =>
      inquire('yank', `The driver ${driver}`, () => lookAtDriver(bench, driver, target)),
    ),
  );
  return found.flat();
}

function windowPrecondition({ settings }: Workbench): Precondition {
  const opensAt = windowOpens(settings, new Date());
  if (opensAt !== undefined) return pass('release', `Uploads to production begin from ${opensAt} on`);
  return pass(
    'release',
    settings.publishWindow === undefined
      ? 'Uploads to production begin at any hour'
      : 'Uploads to production may begin now',
  );
}
