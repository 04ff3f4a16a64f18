import type { UrgentActivities } from '../contract/activities.js';
import { canonicalJson } from '../contract/digest.js';
import type { Ledger } from '../contract/state.js';
import type { ArtifactStore } from './support/store.js';

const nameOf = (packageName: string, version: string) => `record/${packageName}/${version}`;

/** What is kept of a release after the engine has forgotten its run. */
export function createRecordActivities(
  store: ArtifactStore,
  { ensureLeaseReleased }: Pick<UrgentActivities, 'ensureLeaseReleased'>,
): Pick<UrgentActivities, 'ensureClosed' | 'readRecord'> {
  return {
    async ensureClosed({ ledger }) {
      const digest = await store.put(canonicalJson(ledger));
      await store.setName(nameOf(ledger.request.package, ledger.request.version), digest);
      await ensureLeaseReleased({ package: ledger.request.package, holder: ledger.id });
      return { digest };
    },
    async readRecord({ subject }) {
      const digest = await store.readName(nameOf(subject.package, subject.version));
      if (digest === undefined) return {};
      return { ledger: JSON.parse((await store.get(digest)).toString('utf8')) as Ledger };
    },
  };
}
