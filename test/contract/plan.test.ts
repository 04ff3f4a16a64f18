import { describe, expect, test } from 'vitest';

import { planSteps, type Planned } from '../../src/contract/plan.js';
import { steps } from '../../src/contract/steps.js';
import { exampleLedger } from './example-release.js';

const subject = { package: 'llm-app-test', version: '0.2.0' };

const config = {
  ...{ digest: 'd'.repeat(64), suites: ['all'], minimumCoverage: 100, tag: 'v0.2.0' },
  ...{ modes: ['openai', 'anthropic'], applications: ['chatbot'] },
};

function planWith(changes: Partial<Planned['terms']> = {}): ReturnType<typeof planSteps> {
  const { terms } = exampleLedger();
  if (terms === undefined) throw new Error('the example has no terms');
  const head = { commit: 'c'.repeat(40), config, configChanges: [] };
  return planSteps({ subject, terms: { ...terms, ...changes }, head, next: '0.2.0.dev3' });
}

const actsIn = (plan: ReturnType<typeof planSteps>, number: number) => plan[number - 1]?.acts ?? [];

describe('a plan', () => {
  test('has the steps of the one table, each with its words', () => {
    expect(planWith().map(({ id, title, doneWhen }) => ({ id, title, doneWhen }))).toEqual(
      steps.map(({ id, title, doneWhen }) => ({ id, title, doneWhen })),
    );
  });

  test('has one line behind which nothing can be undone: before the upload to production', () => {
    const plan = planWith();
    const marked = plan.filter(({ noReturnBefore }) => noReturnBefore !== undefined);
    expect(marked.map(({ id }) => id)).toEqual(['09-publish-to-production']);
    const [step] = marked;
    expect(step?.acts[step.noReturnBefore ?? -1]).toMatch(/^Upload llm-app-test 0\.2\.0 to .*then tag it/);
  });

  test('tries out the candidate from the test index and the final version twice', () => {
    const plan = planWith();
    expect(actsIn(plan, 6).every((act) => act.includes('0.2.0.dev3'))).toBe(true);
    for (const number of [9, 10])
      expect(
        actsIn(plan, number).filter((act) => act.startsWith('Tests of llm-app-test 0.2.0 ')).length,
      ).toBe(actsIn(plan, 6).filter((act) => act.startsWith('Tests of ')).length);
  });

  test('writes the final version before the pull request where the settings say so', () => {
    const before = ['Write version 0.2.0', expect.stringMatching(/^Open the pull request/)];
    expect(actsIn(planWith({ finalVersion: 'pull-request' }), 8).slice(0, 2)).toEqual(before);
    expect(actsIn(planWith({ finalVersion: 'after-merge' }), 8)[0]).toMatch(/^Open the pull request/);
  });

  test('waits for checks and reviews only where the forge has them', () => {
    const waits = (reviews: boolean) =>
      actsIn(planWith({ reviews }), 8).filter((act) => act.startsWith('Wait'));
    expect(waits(false)).toEqual([]);
    expect(waits(true)).toHaveLength(2);
  });
});
