import { describe, expect, it } from 'vitest';

import { renderGate } from '../../src/client/render.js';
import { shownGates } from '../../src/contract/progress.js';
import type { Ledger } from '../../src/contract/state.js';
import { hex } from './manifest.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt } from './playing.js';
import { modelWorld, type Activities } from './world.js';

/** The card as the client draws it, a line each. */
function cardOf(ledger: Ledger): string[] {
  const [gate] = shownGates(ledger);
  return gate === undefined ? [] : renderGate(gate, { width: 80, colour: false, now: new Date() });
}

/** A branch whose new head says what came since. */
function fixedBranch(world = modelWorld()): { readBranch: Activities['readBranch'] } {
  return {
    readBranch: async (input) => {
      const verdict = await world.activities.readBranch(input);
      if (!verdict.passed) return verdict;
      const commits = ['eeeeeeeeeeee Ship the prompts'];
      return {
        ...verdict,
        head: { ...verdict.head, commit: 'e'.repeat(40), commits, configChanges: ['modes: + local'] },
      };
    },
  };
}

describe('the card', () => {
  it('of production says what happens, what ships, what changed, what was tested and who is waited for', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch', 'merge');
    const ledger = await running.until(waitsAt('production'));
    const lines = cardOf(ledger);
    expect(lines[0]).toMatch(/^waiting for 1 of grace, linus since /);
    const { subject, consequence } = gateOf(ledger, 'production');
    expect(consequence).toMatch(
      /^Uploads these \d files to production; this cannot be undone, only yanked\.$/,
    );
    const facts = subject.map(({ label, value }) => `${label}: ${value}`);
    expect(facts).toEqual(
      expect.arrayContaining([
        `commit: ${hex('v1.0.0')}`,
        saying('started by: ada, '),
        'changed since: nothing but the version since 1.0.0.dev0, whose merge grace (unverified) approved',
        'tests passed: exactly these files: modes openai, anthropic; applications chatbot',
        'coverage: 1 of 1 lines',
        expect.stringMatching(/\.whl: .* B, sha256 [0-9a-f]{64}$/),
      ]),
    );
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('  $'))).toEqual([]);
    for (const [, digest = ''] of facts.join('\n').matchAll(/sha256 ([0-9a-f]{64})/g))
      expect(lines.some((line) => line.includes(digest))).toBe(true);
  });

  it('of the merge says that only the version differs from the commit that was approved', async () => {
    const running = await service();
    await running.start();
    await approveAll(running, 'branch');
    const ledger = await running.until(waitsAt('merge'));
    expect(gateOf(ledger, 'merge').subject).toContainEqual({
      label: 'changed since',
      value: `nothing but the version since ${hex('start').slice(0, 12)}, which grace (unverified) approved`,
    });
    expect(cardOf(ledger).length).toBeLessThanOrEqual(25);
  });
});

describe('an approval of a commit that a fix has replaced', () => {
  it('does not count for the new one, whose card says who gave it, what changed since and what is mended', async () => {
    const world = modelWorld();
    const running = await service(fixedBranch(world), world);
    await running.start();
    const old = gateOf(await running.until(waitsAt('branch')), 'branch');
    await approveAll(running, 'branch');
    await answer(running, 'merge', 'reject', 'linus');
    await answer(running, 'fix', 'fix');
    const card = gateOf(await running.until(waitsAt('branch')), 'branch');
    expect(card.digest).not.toBe(old.digest);
    expect(card.decisions).toEqual([]);
    expect(card.subject).toEqual(
      expect.arrayContaining([
        { label: 'commit', value: 'e'.repeat(40) },
        {
          label: 'before',
          value: `${hex('start').slice(0, 12)}, approved by grace (unverified), which does not count for this commit`,
        },
        { label: 'to be mended', value: 'linus rejected the merge: reject in a test' },
        { label: 'fix', value: 'fix in a test' },
        { label: 'new commit', value: 'eeeeeeeeeeee Ship the prompts' },
        { label: 'configuration changed', value: 'modes: + local' },
      ]),
    );
    const { digest } = old;
    const late = await running.client.workflow
      .getHandle(`release/${running.request.package}/1.0.0`)
      .executeUpdate('approve', { args: [{ by: 'grace', gate: 'branch', digest }] });
    expect(late).toMatchObject({ counted: false, why: saying('stale') });
    await approveAll(running, 'branch', 'merge', 'production');
    expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  });
});
