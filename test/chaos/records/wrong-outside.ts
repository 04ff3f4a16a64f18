import type { Effect } from '../observation.js';
import { changed, finalOf, isFile, isRef, isUpload, outcomeOf, type Wrong } from './changing.js';
import { minute, sha } from './right.js';

/** For each invariant of what happens outside the records that break it and nothing else. */
export const wrongOutside: Readonly<Record<'I1' | 'I2' | 'I3' | 'I5' | 'I10', readonly Wrong[]>> = {
  I1: [
    {
      what: 'a file that is stored twice',
      of: (right) => ({ ...right, effects: changed(right, isUpload, (effect) => [effect, effect]) }),
    },
    {
      what: 'a version that is written by two commits',
      of: (right) => ({
        ...right,
        effects: changed(
          right,
          (effect) => effect.kind === 'ref' && effect.to === sha('2'),
          (effect) => [{ ...effect, to: sha('9') } as Effect, { ...effect, from: sha('9') } as Effect],
        ),
      }),
    },
  ],
  I2: [
    {
      what: 'a tag at another commit than the files were built from',
      of: (right) => ({
        ...right,
        ledger: {
          ...right.ledger,
          final: { ...finalOf(right), manifest: { ...finalOf(right).manifest, commit: sha('8') } },
        },
      }),
    },
    {
      what: 'a file that the index serves with other bytes than it stored',
      of: (right) => ({
        ...right,
        rest: {
          ...right.rest,
          production: right.rest.production.map((file, at) =>
            at === 0 ? { ...file, sha256: 'c'.repeat(64) } : file,
          ),
        },
      }),
    },
  ],
  I3: [
    {
      what: 'a release whose second file never came, and that says nothing of it',
      of: (right) => {
        const { visibleAt: _, ...final } = finalOf(right);
        const [wheel] = right.rest.production;
        return {
          ...right,
          effects: changed(
            right,
            (effect) => isUpload(effect) && !isFile(effect, wheel?.filename),
            () => [],
          ),
          least: 0,
          rest: { ...right.rest, production: [right.rest.production].flatMap(([first]) => first ?? []) },
          ledger: { ...right.ledger, final, outcome: { ...outcomeOf(right), outcome: 'un-yanked' } },
        };
      },
    },
  ],
  I5: [
    {
      what: 'a tag before the upload',
      of: (right) => ({
        ...right,
        effects: changed(right, isRef('refs/tags/v0.2.0'), (effect) => [{ ...effect, at: minute(6) }]),
      }),
    },
    {
      what: 'a merge that nothing was rehearsed before',
      of: (right) => ({
        ...right,
        effects: changed(
          right,
          (effect) => effect.kind === 'stored' && effect.index === 'test',
          () => [],
        ),
        least: 6,
      }),
    },
  ],
  I10: [
    {
      what: 'a forced push of main',
      of: (right) => ({
        ...right,
        effects: changed(right, isRef('refs/heads/main'), (effect) => [
          { ...effect, fastForward: false } as Effect,
        ]),
      }),
    },
    {
      what: 'a foreign commit that is lost',
      of: (right) => ({ ...right, foreign: [{ ref: 'refs/heads/main', commit: sha('7'), kept: false }] }),
    },
    {
      what: 'a branch that is deleted with commits that nobody judged',
      of: (right) => ({
        ...right,
        effects: changed(
          right,
          (effect) => effect.kind === 'ref' && effect.to === undefined,
          (effect) => [{ ...effect, from: sha('6') } as Effect],
        ),
      }),
    },
  ],
};
