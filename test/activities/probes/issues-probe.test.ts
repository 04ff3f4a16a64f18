import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';

import { forges } from '../../../src/activities/forge/forges.js';
import { createIssuesProbe, namesVersion } from '../../../src/activities/probes/issues-probe.js';
import { newProbeRecord, type Probe, type ProbeAnswer } from '../../../src/contract/probes.js';
import { makeGithubWorld, type GithubWorld } from '../forge/github-world.js';
import { subject } from '../git-world.js';

const probe: Probe = {
  ...{ name: 'issues', work: { does: 'issues' }, intervalSeconds: 60, delaySeconds: 1 },
  ...{ failures: 1, unmeasured: 1, reportOnly: false },
};

const start = Date.now();

/** One attempt of the probe, which is due for the last time. */
function look(
  { world }: GithubWorld,
  known: readonly string[] = [],
  openForge = forges(world.bench),
): Promise<ProbeAnswer> {
  const now = Date.now();
  const { tally } = newProbeRecord(probe, new Date(now - 10_000).toISOString());
  const until = new Date(now + 10_000).toISOString();
  const since = new Date(start - 600_000).toISOString();
  const { awaitIssuesProbe } = createIssuesProbe(openForge);
  const round = { probe, tally, known, until, repository: world.repository, subject, since };
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(awaitIssuesProbe, round);
}

describe('the probe of the issues', () => {
  test('finds each issue that names the version, with its link, and what was told is not told again', async () => {
    const site = await makeGithubWorld();
    await site.openIssue('grace', 'A question', 'about 0.1.9 and 0.2.0rc1');
    expect(await look(site)).toMatchObject({
      tally: { failed: 0, last: { what: 'no issue names demo-pkg 0.2.0 since it was published' } },
    });
    await site.openIssue('grace', 'It does not import', 'pip install demo-pkg==0.2.0');
    await site.openIssue('linus', '0.2.0 loses data', '');
    const page = `${site.standIn.url}/o/demo/issues`;
    const { news } = await look(site);
    const findings = [
      { title: `${page}/3 by linus names 0.2.0: "0.2.0 loses data"` },
      { title: `${page}/2 by grace names 0.2.0: "It does not import"` },
    ];
    expect(news).toEqual({ kind: 'failed', findings });
    const told = await look(
      site,
      findings.map(({ title }) => title.replace('loses data', 'has another title')),
    );
    expect(told.news).toBeUndefined();
    expect(told.tally.last?.what).toBe('2 told already name demo-pkg 0.2.0 since it was published');
  });

  test('asks for what it has seen only whether it has changed, which costs nothing of the limit', async () => {
    const site = await makeGithubWorld();
    const openForge = forges(site.world.bench);
    await look(site, [], openForge);
    await look(site, [], openForge);
    const asked = site.standIn
      .journal()
      .flatMap((entry) => (entry.kind === 'request' && entry.path.includes('/issues') ? [entry.status] : []));
    expect(asked).toEqual([200, 304]);
  });

  test('cannot measure where the forge does not answer', async () => {
    const site = await makeGithubWorld();
    site.standIn.misbehave({ path: /\/issues$/, fault: { kind: 'answer', status: 503 } });
    expect((await look(site)).news).toMatchObject({ kind: 'unmeasured' });
  });
});

test.each([
  ['demo-pkg 0.2.0 is broken', true],
  ['broken since v0.2.0.', true],
  ['demo_pkg-0.2.0-py3-none-any.whl', true],
  ['pip install "demo-pkg==0.2.0"', true],
  ['(0.2.0)', true],
  ['V0.2.0, alas', true],
  ['0.2.0.1', false],
  ['10.2.0', false],
  ['3.0.2.0', false],
  ['0.2.0rc1', false],
  ['0.2.0.post1', false],
  ['0.2.0-1', false],
  ['0.2.0+local', false],
  ['0.2.01', false],
  ['0.2', false],
  ['0x2x0', false],
])('%j names 0.2.0: %s', (text, isNamed) => {
  expect(namesVersion(text, '0.2.0')).toBe(isNamed);
});
