import { describe, expect, test } from 'vitest';

import type { Manifest } from '../../../src/contract/release.js';
import type { Invariant } from '../observation.js';
import { firstBroken } from './playing.js';
import type { Defect } from './simulate.js';

/** A world with faults in which nobody wants a stop, so that most releases come to their end. */
const plan = { faults: 10, findings: 0, wild: 4, late: false, armed: true };

const published = (at: string) => ({ visibleAt: at, evidence: [{ what: 'published' }] });

const defects: readonly { what: string; invariant: Invariant; defect: Defect }[] = [
  {
    what: 'an upload that does not look first stores a file twice when its answer is lost',
    invariant: 'I1',
    defect: ({ outside }, { pause }) => ({
      ensurePublished: async ({ index, manifest }) => {
        for (const file of manifest.files) {
          outside.store(
            index.name === 'test' ? 'test' : 'production',
            manifest.version,
            file,
            outside.agenda.iso,
          );
          await pause();
        }
        return published(outside.agenda.iso);
      },
    }),
  },
  {
    what: 'an upload that builds anew after its answer was lost stores other bytes',
    invariant: 'I2',
    defect: ({ outside }, { pause }) => ({
      ensurePublished: async ({ index, manifest }) => {
        const name = index.name === 'test' ? 'test' : 'production';
        const rebuilt: Manifest =
          name === 'test'
            ? manifest
            : outside.build(manifest.package, manifest.version, manifest.commit, true);
        for (const file of rebuilt.files) {
          const isThere = outside
            .listed(name, manifest.version)
            .some(({ filename }) => filename === file.filename);
          if (!isThere) outside.store(name, manifest.version, file, outside.agenda.iso);
          await pause();
        }
        return published(outside.agenda.iso);
      },
    }),
  },
  {
    what: 'a merge by a forced push of main loses what others have pushed',
    invariant: 'I10',
    defect: ({ outside }, { pause }) => ({
      ensureMerged: async ({ base, pullRequest: { merge, previous } }) => {
        // Somebody pushes between the look and the push.
        outside.push(base, `work beside ${previous}`);
        await pause();
        outside.move(`refs/heads/${base}`, merge);
        return { passed: true, evidence: [], commit: merge };
      },
    }),
  },
  {
    what: 'a release that says yanked before the index does',
    invariant: 'I14',
    defect: () => ({
      ensureYanked: async () => ({ proven: true, driver: 'command', evidence: [] }),
    }),
  },
  {
    what: 'an upload that has not heard that it is stopped begins another file',
    invariant: 'I6',
    defect: ({ outside }) => ({
      ensurePublished: async ({ index, manifest }) => {
        const name = index.name === 'test' ? 'test' : 'production';
        for (const file of manifest.files) {
          outside.store(name, manifest.version, file, outside.agenda.iso);
          // It hears nothing for a quarter of an hour.
          if (name === 'production')
            await new Promise<void>((resolve) => {
              outside.agenda.after(900_000, resolve);
            });
        }
        return published(outside.agenda.iso);
      },
    }),
  },
];

describe('the judge catches a service that is broken on purpose', () => {
  test.each(defects)('$invariant: $what', async ({ invariant, defect }) => {
    const stop = { after: invariant === 'I6' ? 45 : 12, how: 'yank' as const };
    const wanted = {
      plan: { ...plan, drivers: 0, ...(invariant === 'I6' || invariant === 'I14' ? { stop } : {}) },
      defect,
    };
    expect(await firstBroken(wanted, (broken) => broken.invariant === invariant)).toMatchObject({
      invariant,
    });
  });

  test('and says nothing of the same worlds when it is not broken', async () => {
    const wanted = { plan: { ...plan, stop: { after: 12, how: 'yank' as const } } };
    expect(await firstBroken(wanted, () => true, 10)).toBeUndefined();
  });
});
