import { describe, expect, it } from 'vitest';

import { sendMessage } from '../../src/client/releases.js';
import { notYet } from '../../src/contract/failures.js';
import { answer, approveAll, outcome, service, waitsAt, type Running } from './playing.js';
import { modelWorld, type Activities, type Model } from './world.js';

/** A release whose upload, by a run of the forge, has brought so many files and goes on for ever; it is yanked. */
async function yankedInUpload(
  files: 0 | 1,
  own: (model: Model) => Partial<Activities> = () => ({}),
  terms: Partial<Model['terms']> = {},
): Promise<Running> {
  const world = modelWorld();
  const { activities, model } = world;
  model.terms = { ...model.terms, ...terms };
  const running = await service(
    {
      ensurePublished: async (input) => {
        if (input.index.name !== 'production') return activities.ensurePublished(input);
        if (model.index.length === 0)
          for (const { filename, sha256 } of input.manifest.files.slice(0, files))
            model.index.push({ filename, sha256, yanked: false });
        return { errand: { id: '1', url: 'run 1' } };
      },
      awaitUploaded: async () => {
        throw notYet('run 1 is under way', 1);
      },
      awaitYanked: async () => {
        if (model.index.length > 0 && model.index.every(({ yanked }) => yanked !== false))
          return { evidence: { what: 'yanked' } };
        throw notYet('not yanked', 1);
      },
      ...own(model),
    },
    world,
  );
  await running.start();
  await approveAll(running, 'branch', 'merge', 'production');
  await running.until(({ phase, notice }) => phase === 'uploading' && notice !== undefined);
  expect(await say(running, 'yank', 'grace')).toMatchObject({ counted: true });
  return running;
}

const say = (running: Running, kind: 'yank' | 'un-yank', by: string) =>
  sendMessage(running.client, running.request, kind, { by, reason: `${kind} by ${by}` });

/** One more file comes to the index. */
const comesLate = ({ model }: Running) =>
  model.index.push({ filename: 'late.tar.gz', sha256: 'f'.repeat(64), yanked: false });

/** Two people agree that the yank is taken back. */
async function unYank(running: Running): Promise<void> {
  await running.until(({ yank }) => yank?.provenAt !== undefined);
  expect(await say(running, 'un-yank', 'ada')).toMatchObject({ counted: true });
  await answer(running, 'un-yank', 'approve', 'ada');
  await answer(running, 'un-yank', 'approve', 'linus');
  await running.until(({ yank }) => yank?.unYanks?.at(-1)?.provenAt !== undefined);
}

const shown = ({ model }: Running) => model.index.map(({ yanked }) => yanked !== false);

/** Drivers that fail so often, and then yank whatever there is. */
function failingOnce(model: Model, at: number): Pick<Activities, 'ensureYanked'> {
  let tries = 0;
  return {
    ensureYanked: async ({ reason }) => {
      if (++tries === at) return { proven: false, toDo: ['Yank it on its page.'], evidence: [] };
      for (const file of model.index) file.yanked = reason;
      return { proven: true, driver: 'command', evidence: [] };
    },
  };
}

describe('a yank in the middle of an upload', () => {
  it('of which nothing came abandons the release and puts main back', async () => {
    const running = await yankedInUpload(0);
    expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
    expect(running.model.effects).not.toContain('yank');
    expect(running.model.effects.at(-1)).toBe('revert on main');
    const { steps } = await running.ledger();
    expect(steps.at(-1)?.evidence.at(-1)?.what).toContain('there was nothing to yank');
  });

  it('of which the first file comes late yanks it then, while main is put back', async () => {
    const running = await yankedInUpload(0);
    await running.until(({ rollback }) => rollback?.commit !== undefined);
    comesLate(running);
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(shown(running)).toEqual([true]);
  });

  it('yanks the file that comes after the yank, and names nobody but whom it takes', async () => {
    const running = await yankedInUpload(1);
    await running.until(({ yank }) => yank?.provenAt !== undefined);
    comesLate(running);
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(shown(running)).toEqual([true, true]);
    expect((await running.ledger()).yank?.calls).toBeUndefined();
  });

  it.each([
    ['drivers', ['command']],
    ['people alone', ['person']],
  ] as const)(
    'does not keep %s waiting for an index that cannot be read, and ends when that holds nothing',
    async (_who, yankDrivers) => {
      let isDown = true;
      const own = (): Partial<Activities> => ({
        ensureUploadStopped: async () => ({ over: true, evidence: [], ...(isDown ? {} : { files: [] }) }),
        ensureYanked: async () => ({ proven: false, toDo: ['Yank it on its page.'], evidence: [] }),
      });
      const running = await yankedInUpload(0, own, { yankDrivers });
      await running.until(({ notice }) => notice === 'Yank it on its page.');
      isDown = false;
      expect(await outcome(running)).toMatchObject({ outcome: 'abandoned' });
      expect((await running.ledger()).notice).toBeUndefined();
    },
  );

  it('hears another `yank` while a late file waits for people, and leaves what is said of main', async () => {
    const running = await yankedInUpload(1, (model) => ({
      ...failingOnce(model, 2),
      ensureReverted: async () => ({ state: 'proposed', evidence: [{ what: 'merge pull request 7' }] }),
      awaitReverted: async () => {
        if (model.index.some(({ yanked }) => yanked === false) || model.index.length < 2)
          throw notYet('not merged', 1);
        return { passed: true, commit: 'c'.repeat(40), evidence: [] };
      },
    }));
    await running.until(({ notice }) => notice === 'merge pull request 7');
    comesLate(running);
    await running.until(({ notice }) => notice === 'merge pull request 7 Yank it on its page.');
    expect(await say(running, 'yank', 'linus')).toMatchObject({ counted: true });
    await running.until(({ notice }) => notice === 'merge pull request 7');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(shown(running)).toEqual([true, true]);
  });
});

describe('while late files are looked for', () => {
  it('an un-yank is heard, and ends that search', async () => {
    const running = await yankedInUpload(1);
    await running.until(({ yank }) => yank?.rolledBack !== undefined && yank.fallback !== undefined);
    await unYank(running);
    comesLate(running);
    expect(await outcome(running)).toMatchObject({ outcome: 'un-yanked' });
    expect(shown(running)).toEqual([false, false]);
  });

  it('an un-yank is stronger than drivers that try to yank such a file', async () => {
    const running = await yankedInUpload(1, (model) => failingOnce(model, 2));
    await running.until(({ yank }) => yank?.provenAt !== undefined);
    comesLate(running);
    await running.until(({ notice }) => notice === 'Yank it on its page.');
    await unYank(running);
    expect(await outcome(running)).toMatchObject({ outcome: 'un-yanked' });
    expect(shown(running)).toEqual([false, false]);
  });

  it('one that is rejected leaves nothing served', async () => {
    const running = await yankedInUpload(1);
    await running.until(({ yank }) => yank?.provenAt !== undefined);
    await say(running, 'un-yank', 'ada');
    await running.until(waitsAt('un-yank'));
    comesLate(running);
    await answer(running, 'un-yank', 'reject', 'linus');
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(shown(running)).toEqual([true, true]);
  });

  it('a yank after an un-yank is carried out, for files that come after it, too', async () => {
    let release = (): void => undefined;
    const isHeld = new Promise<void>((resolve) => (release = resolve));
    let isStale = false;
    const running = await yankedInUpload(1, (model) => ({
      ensureReverted: async () => {
        await isHeld;
        return { state: 'done', evidence: [] };
      },
      ensureUploadStopped: async () => ({ files: isStale ? [] : model.index, over: true, evidence: [] }),
    }));
    await unYank(running);
    expect(shown(running)).toEqual([false]);
    // What the index lists now and then is no proof that there is nothing.
    isStale = true;
    expect(await say(running, 'yank', 'grace')).toMatchObject({ counted: true });
    await running.until(({ yank, formerYanks }) => formerYanks !== undefined && yank?.provenAt !== undefined);
    isStale = false;
    comesLate(running);
    release();
    expect(await outcome(running)).toMatchObject({ outcome: 'yanked' });
    expect(shown(running)).toEqual([true, true]);
  });
});
