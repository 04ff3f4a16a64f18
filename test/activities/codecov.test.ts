import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

import { createCodecovActivities } from '../../src/activities/codecov/ensure-reported.js';
import type { Workbench } from '../../src/activities/support/workbench.js';
import type { CodecovSetting } from '../../src/config/settings.js';
import type { PublishActivities } from '../../src/contract/activities.js';
import type { Verdict } from '../../src/contract/verdict.js';
import { startCoverageService, type CoverageService } from '../../rehearsal/coverage-service/stand-in.js';
import { makeBench } from './support/bench.js';

const token = 'codecov-canary-token';
const commit = 'a'.repeat(40);

let service: CoverageService;
beforeEach(async () => {
  service = await start();
});

async function start(readToken?: string): Promise<CoverageService> {
  const started = await startCoverageService({ token, ...(readToken === undefined ? {} : { readToken }) });
  onTestFinished(() => started.close());
  return started;
}

async function benchWith(
  changes: Partial<CodecovSetting> = {},
  secrets: Readonly<Record<string, string>> = { CODECOV_TOKEN: token },
): Promise<Workbench> {
  const made = await makeBench({
    secrets,
    settings: {
      codecov: {
        upload: `${service.url}/`,
        api: service.url,
        token: 'CODECOV_TOKEN',
        waitSeconds: 30,
        ...changes,
      },
    },
  });
  onTestFinished(() => made.close());
  return made;
}

/** As coverage.py writes it where two suites share a file of three lines. */
function xml(hits: readonly number[], attributes = ''): string {
  const lines = hits.map((count, at) => `<line number="${String(at + 1)}" hits="${String(count)}"/>`);
  return `<?xml version="1.0" ?>\n<coverage version="7.17"${attributes}><sources/><packages><package name="src"><classes><class name="core.py" filename="src/core.py"><methods/><lines>${lines.join('')}</lines></class></classes></package></packages></coverage>\n`;
}

async function report(
  bench: Workbench,
  changes: Partial<Parameters<PublishActivities['ensureCoverageReported']>[0]> = {},
  [current, deprecated]: readonly [string, string] = [xml([1, 1, 0]), xml([0, 0, 1])],
): Promise<Verdict> {
  const reports = [
    { suite: 'current', digest: await bench.store.put(current) },
    { suite: 'deprecated', digest: await bench.store.put(deprecated) },
  ];
  return createCodecovActivities(bench).ensureCoverageReported({
    service: { name: 'Codecov', repository: 'github/team/sub/fx-demo' },
    commit,
    branch: 'release/1.0.0',
    coverage: { lines: 3, covered: 3, reports },
    anew: false,
    ...changes,
  });
}

function words(verdict: Verdict): string[] {
  return verdict.passed
    ? verdict.evidence.map(({ what }) => what)
    : verdict.findings.map(({ title }) => title);
}

const posts = () => service.requests().filter((request) => request.startsWith('POST')).length;

test("every suite's report is uploaded under its flag and the commit's totals are read back", async () => {
  const bench = await benchWith();
  const verdict = await report(bench);
  expect(words(verdict)).toEqual(['Codecov: 100 % of 3 lines read back, uploaded: current, deprecated']);
  expect(service.uploads()).toMatchObject(
    ['current', 'deprecated'].map((suite) => ({
      repository: 'github/team/sub/fx-demo',
      commit,
      branch: 'release/1.0.0',
      flags: [suite],
      state: 'merged',
    })),
  );
  const kept = await bench.store.get(verdict.evidence[0]?.digest ?? '');
  expect(JSON.parse(kept.toString('utf8'))).toMatchObject({ files: 1, lines: 3, hits: 3, coverage: 100 });
});

test('what is there already is not uploaded again', async () => {
  await report(await benchWith());
  const before = posts();
  expect(words(await report(await benchWith()))).toEqual([
    'Codecov: 100 % of 3 lines read back, it was there already',
  ]);
  expect(posts()).toBe(before);
});

test('another report of the same commit does not stand for ours', async () => {
  await report(await benchWith(), {}, [xml([0, 0, 0]), xml([0, 0, 0])]);
  await report(await benchWith());
  expect(service.uploads()).toHaveLength(4);
});

test('a disagreement about lines is only noted', async () => {
  const coverage = { lines: 4, covered: 4 };
  const bench = await benchWith();
  const reports = [{ suite: 'current', digest: await bench.store.put(xml([1, 1, 1])) }];
  expect(words(await report(bench, { coverage: { ...coverage, reports } }))).toEqual([
    'Codecov: 100 % of 3 lines read back (here it was 4 of 4), uploaded: current',
  ]);
});

test('a report that is never processed is a finding after the wait, and found once it is processed', async () => {
  service.misbehave('never-processes');
  expect(words(await report(await benchWith({ waitSeconds: 1 })))).toEqual([
    'Codecov shows no report of aaaaaaaaaaaa: the report of suite current is not processed; the report of suite deprecated is not processed',
  ]);
  service.behave();
  expect(words(await report(await benchWith()))).toEqual([
    'Codecov: 100 % of 3 lines read back, it was there already',
  ]);
  expect(service.uploads()).toHaveLength(2);
});

test('a report that got lost on the way in is sent anew when people ask for it', async () => {
  service.misbehave('never-processes');
  await report(await benchWith({ waitSeconds: 1 }));
  await report(await benchWith({ waitSeconds: 1 }), { anew: true });
  expect(service.uploads()).toHaveLength(4);
});

test('a report that cannot be processed is a finding at once', async () => {
  service.misbehave('cannot-process');
  const [said] = words(await report(await benchWith({ waitSeconds: 600 })));
  expect(said).toContain('the report of suite current could not be processed');
  service.behave();
  expect((await report(await benchWith())).passed).toBe(true);
});

test('a report that says that it is older than 12 hours is refused, as by Codecov', async () => {
  const old = xml([1, 1, 1], ` timestamp="${String(Date.now() - 13 * 3600 * 1000)}"`);
  const [said] = words(await report(await benchWith(), {}, [old, old]));
  expect(said).toContain('could not be processed');
});

test('a service that is down is a finding after the wait', async () => {
  service.misbehave('down');
  const verdict = await report(await benchWith({ waitSeconds: 1 }));
  expect(words(verdict)).toEqual([
    expect.stringMatching(/^Codecov shows no report of a{12}: .* answers 503$/),
  ]);
});

test('a service that takes nothing in is a finding with what it said', async () => {
  const nobody = await startCoverageService({ token });
  await nobody.close();
  const verdict = await report(await benchWith({ upload: nobody.url, waitSeconds: 1 }));
  expect(words(verdict)).toEqual([
    expect.stringContaining('the upload of the report of suite current was lost: Exception: Request failed'),
  ]);
});

test('a wrong token is for people to mend, and is told to nobody', async () => {
  const bench = await benchWith({}, { CODECOV_TOKEN: 'another-canary' });
  const refused = await report(bench).catch((error: unknown) => error);
  expect(refused).toMatchObject({ type: 'operator', nonRetryable: true });
  expect(String(refused)).toContain('401 {"detail":"Invalid token."}');
  expect(String(refused)).toContain('CODECOV_TOKEN');
  expect(String(refused)).not.toContain('another-canary');
  expect(service.uploads()).toEqual([]);
});

test('a private repository is read with the token for it, and without one the finding says so', async () => {
  service = await start('read-canary');
  const secrets = { CODECOV_TOKEN: token, READ: 'read-canary' };
  expect((await report(await benchWith({ readToken: 'READ' }, secrets))).passed).toBe(true);
  const blind = await report(await benchWith({ waitSeconds: 1 }));
  expect(blind).toMatchObject({
    findings: [{ detail: expect.stringContaining('name one as read-token in [codecov]') as string }],
  });
});

test('a repository around the state folder, with a codecov.yml of its own, is left alone', async () => {
  const bench = await benchWith();
  const { state } = bench.settings;
  await execa('git', ['init', '--quiet', state]);
  await writeFile(path.join(state, 'codecov.yml'), 'codecov: [this is no YAML');
  expect((await report(bench)).passed).toBe(true);
});

test('settings that name Codecov no more are for people to mend', async () => {
  const made = await makeBench();
  onTestFinished(() => made.close());
  await expect(report(made)).rejects.toMatchObject({ type: 'operator' });
});
