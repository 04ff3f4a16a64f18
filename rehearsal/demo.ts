import path from 'node:path';

import { run, WrongCommandLine } from '../src/config/program.js';
import { perform, rehearsalOptions, type RehearsalOptions } from './performance.js';
import { publishStable, pushFix, sample, sampleRemote } from './sample-world.js';
import type { World } from './world/world.js';

const scenarios = ['fix-loop', 'released', 'yanked'] as const;

const usage = `npm run demo -- [--scenario ${scenarios.join('|')}] [--interactive] [--keep] [--json]
                [--evidence <folder>]

Releases the sample package on local stand-ins with the real tools and a real
Temporal server.

  fix-loop   dev0 fails from the test index, a fix arrives, dev1 is released (default)
  released   dev0 passes everything and is released
  yanked     released, then a user reports a problem: yanked, and main put back

  --interactive  leaves the answers to you and prints the exact commands
  --keep         leaves everything running to look at
  --json         prints one last line of JSON
  --evidence     where its evidence is written; in the user's cache folder by default`;

await run({
  usage,
  config: {
    options: {
      scenario: { type: 'string', default: 'fix-loop' },
      ...rehearsalOptions,
    },
  },
  not: 'Nothing was rehearsed.',
  async main({ values: { scenario, ...options } }) {
    process.exitCode = (await demo(scenario, options)) ? 0 : 1;
  },
});

async function demo(scenario: string, options: RehearsalOptions): Promise<boolean> {
  const name = scenarios.find((each) => each === scenario);
  if (name === undefined)
    throw new WrongCommandLine(`There is no scenario "${scenario}"`, `use one of ${scenarios.join(', ')}`);
  let world: World | undefined;
  return perform({
    ...options,
    package: sample.package,
    version: sample.version,
    branch: sample.branch,
    watchSeconds: 10,
    expected: name === 'yanked' ? 'yanked' : 'released',
    next: {
      good: 'Rehearse a package of your own: `npx slipway rehearse ../my-package 1.4.0` (docs/getting-started.md).',
      bad: 'The same command again, with `--keep` to look around afterwards.',
    },
    prepareRepository: async (folder) => {
      const { address } = await sampleRemote(path.join(folder, 'meant-it.git'), name === 'fix-loop');
      return address;
    },
    prepareWorld: async (opened, tools) => {
      world = opened;
      await publishStable(opened, tools);
    },
    story: {
      fix: async () => (world === undefined ? undefined : pushFix(world.remote)),
      ...(name === 'yanked'
        ? { problem: 'judges every German text as false', onProblem: 'yank' as const }
        : {}),
    },
  });
}
