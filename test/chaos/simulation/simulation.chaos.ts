import { describe, expect, test } from 'vitest';

import { playSeeds, seedsSaid } from './playing.js';

/** After the seeds of `npm test`; a hundred in each test, so that the progress is seen. */
const first = 1000;
const blocks = 30;
const size = 100;

describe('row 53: releases end right in thousands of worlds', () => {
  test.for(Array.from({ length: blocks }, (_, block) => first + block * size))(
    'the hundred seeds from %i',
    async (from, { annotate }) => {
      const { outcomes, wrong } = await playSeeds(from, size);
      expect(wrong.join('\n\n')).toBe('');
      expect(outcomes.released).toBeGreaterThan(size / 5);
      await annotate(seedsSaid(from, size, outcomes));
    },
  );
});
