import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ReadEarlier } from '../../../src/activities/adopting/earlier.js';
import { folderStore } from '../../../src/activities/support/store.js';
import type { Workbench } from '../../../src/activities/support/workbench.js';
import type { Secrets } from '../../../src/config/secrets.js';
import type { Settings } from '../../../src/config/settings.js';
import { failure } from '../../../src/contract/failures.js';
import type { IndexAddress } from '../../../src/contract/release.js';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { cacheFolder } from '../../../tools/paths.mjs';

/** What a workbench of a test is made of; everything else is ordinary. */
export interface BenchOptions {
  readonly test?: IndexAddress;
  readonly production?: IndexAddress;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly settings?: Partial<Settings>;
}

/** A workbench with a state folder of its own and the machine's cache. */
export async function makeBench(options: BenchOptions = {}): Promise<Workbench & { close(): Promise<void> }> {
  const state = await mkdtemp(path.join(tmpdir(), 'slipway-activities-'));
  const { SLIPWAY_TOOLS: tools, SSL_CERT_FILE: caBundle } = process.env;
  if (tools === undefined) throw new Error('SLIPWAY_TOOLS is not set: vitest sets it in test/setup/tools.ts');
  const settings: Settings = {
    state,
    cache: cacheFolder(),
    approvers: ['ada'],
    leastCoverage: 100,
    quorum: 1,
    selfApproval: { delaySeconds: 0 },
    signatures: [],
    keys: {},
    approveWithin: {},
    watchSeconds: 43_200,
    escalateSeconds: 600,
    roster: {},
    channels: {},
    notify: {},
    expiry: {},
    probes: [],
    buildSecrets: Object.keys(options.secrets ?? {}),
    testEnvironment: {},
    pythonDownloads: false,
    network: caBundle === undefined ? {} : { caBundle },
    test: { ...(options.test ?? { name: 'testpypi' }), ...withToken('TEST_TOKEN') },
    production: { ...(options.production ?? { name: 'pypi' }), ...withToken('PRODUCTION_TOKEN') },
    yank: {
      drivers: ['command', 'person'],
      limitSeconds: 15,
      lateFilesSeconds: 900,
      secrets: [],
    },
    afterYank: 'ask',
    finalVersion: 'after-merge',
    reruns: 2,
    historyEvents: 5000,
    packages: {},
    ...options.settings,
  };
  return {
    settings,
    secrets: secretsOf(options.secrets ?? {}),
    store: folderStore(path.join(state, 'store')),
    tools,
    close: () => rm(state, { recursive: true, force: true }),
  };
}

function withToken(token: string) {
  return { publisher: 'twine', user: '__token__', token } as const;
}

/** The addresses of a stand-in. */
export function addressOf(name: string, standIn: IndexStandIn): IndexAddress {
  return { name, upload: standIn.uploadUrl, simple: standIn.simpleUrl };
}

function secretsOf(values: Readonly<Record<string, string>>): Secrets {
  return {
    has: (name) => name in values,
    get(name) {
      const value = values[name];
      if (value !== undefined) return value;
      throw failure('operator', {
        now: `There is no ${name}.`,
        not: 'Nothing was done.',
        next: `Set ${name}.`,
      });
    },
  };
}

/** An engine that knows no earlier run of a release. */
export const neverBefore: ReadEarlier = () => Promise.resolve(undefined);
