import { z } from 'zod';

import { afterYankChoices, finalVersionPlaces } from '../contract/release.js';
import { nameProblem } from '../contract/version.js';
import { signatureGates } from './signers-schema.js';
import { codecovForms, codecovTable, isCodecovPlace } from './codecov.js';
import { forgeTable } from './forge-schema.js';
import { probeTables } from './probe-schema.js';
import { notifyTables } from './notify-schema.js';
import { networkTable, productionTable, testTable } from './network-schema.js';
import { peopleTables } from './people-schema.js';
import { expiryTable, publishWindowTable, rosterTables } from './roster-schema.js';
import { isRelativeFolder, repositoryForms, repositoryProtocol } from './repository.js';
import {
  address,
  count,
  flag,
  named,
  refName,
  seconds,
  secretName,
  table,
  text,
  texts,
  variables,
} from './schema.js';
import { yankTable } from './yank-schema.js';

const line = text.regex(/^\d+(\.\d+)*$/, 'must be the beginning of versions, such as "1.4"');

const packageTable = table({
  repository: text
    .refine((value) => repositoryProtocol(value) !== undefined || isRelativeFolder(value), repositoryForms)
    .describe('The git repository: an address, or a folder relative to this file.'),
  base: refName.default('main').describe('The branch that releases are merged into.'),
  lines: named(line, refName)
    .default({})
    .describe(
      'The branches that the releases of older lines are merged into, such as `"1.4" = "1.4.x"`; each is a main of its own.',
    ),
  branch: refName.default('release/{version}').describe('The release branch.'),
  credentials: secretName
    .optional()
    .describe(
      'The name of the secret, `user:password`, that git takes for an https repository; the token of the forge by default. Only publish and urgent hold it.',
    ),
  codecov: text
    .refine((value) => value === 'none' || isCodecovPlace(value), codecovForms)
    .optional()
    .describe(
      'Its repository as Codecov knows it, `github/owner/name`, or `none`; by default read from the address of the repository.',
    ),
  forge: forgeTable,
}).superRefine(({ base, lines, branch, repository, credentials }, context) => {
  if (credentials !== undefined && !/^https?:/.test(repository))
    context.addIssue(
      'credentials are for a repository at https://…; ssh uses the key or the agent of the worker',
    );
  if ([base, ...Object.values(lines)].includes(branch))
    context.addIssue('base and branch are the same: a release branch is merged into another one');
});

const packageName = text.superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem !== undefined) context.addIssue(problem);
});

const approveWithinTable = table({
  branch: seconds.optional().describe('The release of a commit; without end by default.'),
  merge: seconds.optional().describe('The merge; without end by default.'),
  production: seconds.default(7 * 86_400).describe('The upload.'),
}).prefault({});

/** The tables and keys of `slipway.toml`, in the spelling of the file. */
export const settingsShape = {
  state: text
    .optional()
    .describe(
      'The folder of the artifact store, the throwaway work places and the git mirrors; `slipway` in `$XDG_STATE_HOME` or `~/.local/state` by default.',
    ),
  cache: text
    .optional()
    .describe(
      'The folder of what may be thrown away and made again; `slipway` in `$XDG_CACHE_HOME` or `~/.cache` by default.',
    ),
  approvers: texts
    .min(1, 'must name at least one person who may approve')
    .describe(
      'The people who may approve, reject and keep, by the names that they send with their messages.',
    ),
  'least-coverage': z
    .number({ error: 'must be a number' })
    .min(0, 'must be a percentage, 0 to 100')
    .max(100, 'must be a percentage, 0 to 100')
    .default(100)
    .describe('The least coverage, in percent, that a package may demand of itself.'),
  quorum: count.default(1).describe('How many distinct people an approval takes.'),
  'self-approval': flag
    .default(false)
    .describe(
      'Whether the person who started a release may approve it, with its version typed again: for a maintainer who works alone.',
    ),
  'self-approval-delay': seconds
    .default(3600)
    .describe('How long after a card was opened an approval of the person who started the release counts.'),
  signatures: signatureGates.describe(
    'The gates at which an approval counts only if it is signed with a key of `people` or `allowed-signers`; `[]` for none.',
  ),
  'allowed-signers': text
    .optional()
    .describe(
      "A file of the approvers' keys beside those of `people`, relative to this one: lines as ssh-keygen and git take them, `name ssh-ed25519 AAAA…`. It is read at each start of a release.",
    ),
  'approve-within': approveWithinTable.describe(
    'How long people have to approve at a gate: then what was said there falls, and the card is asked anew.',
  ),
  watch: seconds
    .default(12 * 3600)
    .describe('How long a release is watched: the default, and the shortest that `--watch` may ask for.'),
  escalate: seconds
    .default(10 * 60)
    .describe(
      'How long one person is waited for, where no answer may take long, before the next one is asked, too.',
    ),
  roster: rosterTables.describe(
    'When each approver can be asked, by name: who is on watch is asked first, then who has these hours, then everybody else.',
  ),
  people: peopleTables.describe('The approvers, by name, as far as more than the name is known of them.'),
  notify: notifyTables.describe(
    'The channels by which people are told that they have to act; without any nobody is told anything.',
  ),
  'publish-window': publishWindowTable
    .optional()
    .describe('The hours in which uploads to the production index begin; at any hour without this table.'),
  expiry: expiryTable.describe(
    'The day on which a secret expires, by its name; it stands on the cards, and refuses a release once it has come.',
  ),
  'build-secrets': z
    .array(secretName)
    .default([])
    .describe('Names of the secrets that the build zone may hold and lend to modes and applications.'),
  'build-memory': z
    .number({ error: 'must be a number of GiB' })
    .positive('must be more than 0')
    .transform((gibibytes) => Math.round(gibibytes * 1024 ** 3))
    .optional()
    .describe(
      'The most memory, in GiB, that each process of a build or of tests may take, where there is `prlimit`; what the machine has by default. One that wants more fails by itself.',
    ),
  'test-environment': variables
    .default({})
    .describe(
      'Plain variables for the tests of every package, over those of a mode; `{run}` in them is a name for each run of tests.',
    ),
  'call-record': address
    .refine((value) => value.includes('{run}'), 'must hold {run}, so that the runs can be told apart')
    .optional()
    .describe(
      'The address of a record of what the run of tests `{run}` called: a JSON object of names with how often each has answered.',
    ),
  'python-downloads': flag
    .default(false)
    .describe('Whether uv may download a Python that a package is tried on and the machine does not have.'),
  contact: text
    .regex(/^[ -~]+$/, 'must be plain ASCII: an e-mail address or the address of a page')
    .optional()
    .describe('Whom the keepers of an index can write to; it stands in the User-Agent of every request.'),
  network: networkTable,
  test: testTable('testpypi', 'TESTPYPI_TOKEN'),
  production: productionTable('pypi', 'PYPI_TOKEN'),
  yank: yankTable,
  'after-yank': z
    .enum(afterYankChoices, { error: `must be one of ${afterYankChoices.join(', ')}` })
    .default('ask')
    .describe(
      'What becomes of the base branch after a yank: people choose whether it is put back or kept for a fix, or it is put back at once.',
    ),
  probes: probeTables,
  codecov: codecovTable
    .optional()
    .describe('Has Codecov hold the coverage of every release; without this table it is not configured.'),
  'final-version': z
    .enum(finalVersionPlaces, { error: `must be one of ${finalVersionPlaces.join(', ')}` })
    .default('after-merge')
    .describe(
      'Where the final version is written: after the merge, or at the head of the pull request, so that the base branch never holds a devN.',
    ),
  reruns: table({
    most: z
      .int('must be a whole number')
      .min(0, 'must not be negative')
      .default(2)
      .describe(
        'How often tests that failed in one step may be run again on the same files, because something outside had failed; 0 for never.',
      ),
  }).prefault({}),
  'history-events': count
    .min(200, 'give a run room for at least 200 events')
    .default(2000)
    .describe(
      'The events of history after which a release goes on as a new run, between candidates and in the watch.',
    ),
  'web-ui': address.optional().describe('Where the Temporal Web UI stands.'),
  packages: named(packageName, packageTable).default({}),
};

export const settingsTable = table(settingsShape);

export type SettingsTable = z.output<typeof settingsTable>;
