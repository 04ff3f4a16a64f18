import path from 'node:path';
import { parseArgs } from 'node:util';

import { evidenceFolder, perform } from './performance.js';
import { publishStable, pushFix, sample, sampleRemote } from './sample-world.js';
import type { World } from './world/world.js';

const scenarios = ['fix-loop', 'released', 'yanked'] as const;
type Scenario = (typeof scenarios)[number];

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

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'fix-loop' },
    interactive: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    evidence: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const scenario = scenarios.find((name) => name === values.scenario);
if (values.help) process.stdout.write(`${usage}\n`);
else if (scenario === undefined) {
  process.stderr.write(`There is no scenario "${values.scenario}": use one of ${scenarios.join(', ')}.\n`);
  process.exitCode = 2;
} else process.exitCode = (await demo(scenario)) ? 0 : 1;

async function demo(name: Scenario): Promise<boolean> {
  let world: World | undefined;
  return perform({
    package: sample.package,
    version: sample.version,
    branch: sample.branch,
    watchSeconds: 10,
    interactive: values.interactive,
    keep: values.keep,
    json: values.json,
    evidence: values.evidence ?? evidenceFolder(),
    expected: name === 'yanked' ? 'yanked' : 'released',
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
