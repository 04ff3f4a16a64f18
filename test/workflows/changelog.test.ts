import { expect, it } from 'vitest';

import { answer, approveAll, gateOf, outcome, saying, service, waitsAt } from './playing.js';
import { modelWorld } from './world.js';

it('a version that the changelog does not tell of is found together with what the suites find, and a fix mends it', async () => {
  const world = modelWorld();
  const bodies: string[] = [];
  const notes: (string | undefined)[] = [];
  let isWritten = false;
  const running = await service(
    {
      readTerms: async (input) => {
        const answered = await world.activities.readTerms(input);
        if ('problems' in answered) return answered;
        const problem = 'CHANGES.md has no entry for 1.0.0: write one';
        return { ...answered, head: { ...answered.head, changelog: { problem } } };
      },
      readBranch: async (input) => {
        const read = await world.activities.readBranch(input);
        const changelog = { file: 'CHANGES.md', text: '### Added\n\n- A thing.' };
        return read.passed ? { ...read, head: { ...read.head, changelog } } : read;
      },
      checkSuites: async (input) => {
        if (isWritten) return world.activities.checkSuites(input);
        return { passed: false, findings: [{ title: 'a test failed' }], evidence: [] };
      },
      ensurePullRequest: async (input) => {
        bodies.push(input.body);
        return world.activities.ensurePullRequest(input);
      },
      ensurePublished: async (input) => {
        if (input.final !== undefined) notes.push(input.notes);
        return world.activities.ensurePublished(input);
      },
    },
    world,
  );
  await running.start();
  const asked = await running.until(waitsAt('fix'));
  expect(gateOf(asked, 'fix').subject.slice(0, 2)).toEqual([
    { label: 'finding', value: 'CHANGES.md has no entry for 1.0.0: write one' },
    { label: 'finding', value: 'a test failed' },
  ]);
  isWritten = true;
  running.model.head = 'f'.repeat(40);
  await answer(running, 'fix', 'fix');
  const lines = [
    { label: 'changelog', value: '### Added' },
    { label: 'changelog', value: '- A thing.' },
  ];
  for (const gate of ['branch', 'merge', 'production'] as const) {
    const shown = gateOf(await running.until(waitsAt(gate)), gate).subject;
    expect(shown.filter(({ label }) => label === 'changelog')).toEqual(lines);
    await approveAll(running, gate);
  }
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
  expect(bodies).toEqual([saying('## Changelog\n\n### Added\n\n- A thing.')]);
  expect(notes).toEqual(['### Added\n\n- A thing.']);
  expect((await running.ledger()).steps[0]?.evidence).toContainEqual({
    what: 'CHANGES.md tells of this version',
  });
});
