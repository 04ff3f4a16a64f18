import { expect } from 'vitest';

import type { Asked, Told } from './asked.js';

/** A disk on which every write has room. */
export const room = 'rw,size=64m';

/** Has a release tried on a disk of that size and again with room, and tells at which write it was full, `none` if at none. */
export async function expectSurvived(
  release: (asked: Asked) => Promise<Told>,
  whole: Told,
  kilobytes: number,
): Promise<string> {
  const full = await release({ options: `rw,size=${String(kilobytes)}k`, empty: true });
  const what = `with ${String(kilobytes)} KiB`;
  expect(full.unsound, what).toEqual([]);
  if (full.failed === undefined) expect(full, what).toEqual(whole);
  else {
    expect(full.failed, what).toMatchObject({ type: 'operator', nonRetryable: true });
    expect(full.failed.message, what).toMatch(
      /^true now: There is no room left for what the worker keeps in /,
    );
  }
  expect(await release({ options: room }), what).toEqual(whole);
  return full.failed?.at ?? 'none';
}
