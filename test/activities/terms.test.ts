import { expect, onTestFinished, test } from 'vitest';

import { forges } from '../../src/activities/forge/forges.js';
import { createTermsActivities } from '../../src/activities/terms.js';
import type { ForgeSetting, Settings } from '../../src/config/settings.js';
import type { PublishActivities } from '../../src/contract/activities.js';
import { runningIndex, TOKEN } from '../rehearsal/index/tools.js';
import { addressOf, makeBench, neverBefore } from './support/bench.js';

const head = {
  commit: 'a'.repeat(40),
  config: { digest: 'c', suites: [], modes: [], applications: [], minimumCoverage: 100, tag: 'v1.0.0' },
  configChanges: [],
};

async function readTerms(
  repository: string,
  codecov?: string,
  settings: Partial<Settings> = { codecov: { token: 'CODECOV_TOKEN', waitSeconds: 60 } },
  secrets: Readonly<Record<string, string>> = { CODECOV_TOKEN: 'c' },
  forge: ForgeSetting = { kind: 'git', checks: [], publishingWorkflows: 'refuse', pollSeconds: 1 },
): ReturnType<PublishActivities['readTerms']> {
  const [test, production] = await Promise.all([runningIndex(), runningIndex()]);
  const bench = await makeBench({
    test: addressOf('test', test),
    production: addressOf('production', production),
    secrets: { TEST_TOKEN: TOKEN, PRODUCTION_TOKEN: TOKEN, ...secrets },
    settings: {
      ...settings,
      packages: {
        'fx-demo': {
          ...{ repository, base: 'main', lines: {}, branch: 'release/{version}' },
          forge,
          ...(codecov === undefined ? {} : { codecov }),
        },
      },
    },
  });
  onTestFinished(() => bench.close());
  const readBranch = () => Promise.resolve({ passed: true as const, evidence: [], head });
  return createTermsActivities(bench, { readBranch }, forges(bench), neverBefore).readTerms({
    request: { package: 'fx-demo', version: '1.0.0', by: 'ada', wait: false, acceptUnisolated: false },
  });
}

test("the package's name on Codecov is what its repository's address tells, or what the settings say", async () => {
  const known = 'git@github.com:team/fx-demo.git';
  expect(await readTerms(known)).toMatchObject({
    terms: { coverage: { name: 'Codecov', repository: 'github/team/fx-demo' } },
  });
  expect(await readTerms('/srv/fx-demo', 'gitlab/team/sub/fx-demo')).toMatchObject({
    terms: { coverage: { repository: 'gitlab/team/sub/fx-demo' } },
  });
  for (const answer of [await readTerms(known, 'none'), await readTerms(known, undefined, {}, {})]) {
    expect(answer).toHaveProperty('terms.base', 'main');
    expect(answer).not.toHaveProperty('terms.coverage');
  }
});

test('a name on Codecov that nobody knows and tokens that are missing refuse the release', async () => {
  const codecov = { token: 'CODECOV_TOKEN', readToken: 'READ', waitSeconds: 60 };
  expect(await readTerms('/srv/fx-demo', undefined, { codecov }, {})).toEqual({
    problems: [
      'The address of the repository does not tell its name on Codecov: write codecov = "github/owner/name", or "none", into [packages.fx-demo] of slipway.toml.',
      'The token CODECOV_TOKEN of Codecov is missing: set CODECOV_TOKEN (or CODECOV_TOKEN_FILE) for the worker.',
      'The token READ of Codecov is missing: set READ (or READ_FILE) for the worker.',
    ],
  });
});

test('a forge that does not let the service in refuses the release beside everything else that is missing', async () => {
  const app = { id: '1', installation: '2', key: 'APP_KEY' };
  for (const [name, setting] of [
    ['FORGE_TOKEN', { token: 'FORGE_TOKEN' }],
    ['APP_KEY', { app }],
  ] as const)
    expect(
      await readTerms(
        'https://git.example.org/team/fx-demo',
        'none',
        {},
        {},
        {
          kind: 'github',
          checks: [],
          publishingWorkflows: 'refuse',
          pollSeconds: 1,
          ...setting,
        },
      ),
    ).toEqual({ problems: [expect.stringContaining(`${name}, with which the forge lets the service in`)] });
});

test('the probes that guard the package are frozen, and one by tests that it does not have refuses the release', async () => {
  const numbers = { intervalSeconds: 60, delaySeconds: 60, failures: 2, unmeasured: 6, reportOnly: false };
  const index = { ...numbers, name: 'index', work: { does: 'index' } } as const;
  const smoke = { ...numbers, name: 'smoke', work: { does: 'mode', mode: 'openai' } } as const;
  const elsewhere = { ...smoke, packages: ['another'] };
  expect(await readTerms('/srv/fx-demo', 'none', { probes: [index, elsewhere] }, {})).toMatchObject({
    terms: { probes: [index] },
  });
  const issues = { ...numbers, name: 'issues', work: { does: 'issues' } } as const;
  expect(await readTerms('/srv/fx-demo', 'none', { probes: [index, issues] }, {})).toMatchObject({
    terms: {
      probes: [index],
      limits: [
        'the probe issues is left out, because the repository stands on plain git, where nobody can open an issue.',
      ],
    },
  });
  expect(
    await readTerms('/srv/fx-demo', 'none', { probes: [{ ...smoke, packages: ['fx-demo'] }] }, {}),
  ).toEqual({
    problems: [
      'The probe smoke of slipway.toml needs the mode openai, which the package does not have: name another, or the packages that the probe guards.',
    ],
  });
});

test('a secret that has expired by the settings refuses the release; one that will in the watch stands on the cards', async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const expired = await readTerms('/srv/fx-demo', undefined, { expiry: { PRODUCTION_TOKEN: day(0) } }, {});
  expect(expired).toEqual({
    problems: [
      `The secret PRODUCTION_TOKEN has expired on ${day(0)} by slipway.toml: renew it, write its new day into [expiry], and restart the worker.`,
    ],
  });
  const settings = { expiry: { PRODUCTION_TOKEN: day(1), OTHER: day(30) }, watchSeconds: 2 * 86_400 };
  expect(await readTerms('/srv/fx-demo', undefined, settings, {})).toMatchObject({
    terms: {
      expiries: [{ secret: 'PRODUCTION_TOKEN', at: `${day(1)}T00:00:00.000Z` }, { secret: 'OTHER' }],
      limits: [`the secret PRODUCTION_TOKEN expires on ${day(1)}, before the watch could end.`],
    },
  });
});
