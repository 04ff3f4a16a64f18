import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { describeStep, stepNumber, steps, type StepDescription } from '../../src/contract/steps.js';
import { root } from '../../tools/paths.mjs';

const workflows = path.join(root, 'src', 'workflows');
const table: readonly StepDescription[] = steps;

describe('the table of the steps', () => {
  test('has the twelve files of workflows/steps, in their order', () => {
    const files = readdirSync(path.join(workflows, 'steps')).sort();
    expect(table.map(({ id }) => `${id}.ts`)).toEqual(files);
    expect(table).toHaveLength(12);
  });

  test('numbers the steps as their files do', () => {
    expect(steps.map(({ id }) => stepNumber(id))).toEqual(steps.map(({ id }) => Number(id.slice(0, 2))));
  });

  test('has a title, an end and, where people are asked, what they are asked', () => {
    for (const { id, title, doneWhen, asks } of table) {
      expect(title, id).toMatch(/^[A-Z].*[^.]$/);
      expect(doneWhen, id).toMatch(/^[a-zX].*[^.]$/);
      if (asks !== undefined) expect(asks, id).toMatch(/^[a-z].*[^.]$/);
    }
  });

  test('finds each step by its id and no other', () => {
    expect(steps.map(({ id }) => describeStep(id))).toEqual(steps);
    expect(() => describeStep('13-celebrate' as never)).toThrow('13-celebrate');
  });
});

describe('the page of the procedure', () => {
  const page = readFileSync(path.join(workflows, 'release.ts'), 'utf8');

  test('runs every step, in the order of the table', () => {
    const ids = [...page.matchAll(/step\('([^']+)'/g)].map(([, id]) => id);
    expect([...new Set(ids)]).toEqual(steps.map(({ id }) => id));
  });

  test.each(steps.map(({ id }) => id))('takes %s from the file of that name', (id) => {
    expect(page).toContain(`from './steps/${id}.js'`);
  });
});
