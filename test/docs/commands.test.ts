import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import { freePort } from '../../src/up/temporal-server.js';
import { root } from '../../tools/paths.mjs';
import { execa } from 'execa';
import { documents, shownIn } from './shown.js';

/** Nobody listens there. */
const nowhere = `127.0.0.1:${String(await freePort())}`;

/** The test that runs what needs more than a shell. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm run (demo|setup)\b/, 'test/acceptance/scenarios.test.ts'],
  [/^npm run chaos\b/, 'test/tools/chaos.test.ts'],
  [/^npx slipway rehearse\b/, 'test/docs/getting-started.test.ts'],
  [/^npx slipway (doctor|plan)\b/, 'test/client/doctor.test.ts'],
  [/^npx slipway start .*--dry-run$/, 'test/acceptance/adopting.test.ts'],
  [/^npx slipway up\b/, 'test/up/up.test.ts'],
  [/^npx slipway worker\b/, 'test/acceptance/plugs-pulled.test.ts'],
  [/^npx slipway notify\b/, 'test/client/notify.test.ts'],
  [/^npx slipway init\b/, 'test/client/init.test.ts'],
  [/^npx slipway yank .* --direct\b/, 'test/client/direct-yank.test.ts'],
  [/^docker compose\b/, 'test/compose/commands.test.ts'],
];

/** What people type into tools that are not ours. */
const foreign = /^(git|cd|export|ssh-keygen) /;

/** What plays the walkthroughs from their first command to their last. */
const played = await readFile(path.join(root, 'test/docs/walkthroughs.test.ts'), 'utf8');

const shown = [...(await documents())].flatMap(([name, text]) =>
  shownIn(text).flatMap((each) => (each.kind === 'command' ? [[name, each.line] as const] : [])),
);

describe('a command that a document shows', () => {
  test('is there at all', () => {
    expect(shown.length).toBeGreaterThan(20);
  });

  // Each waits some seconds for a server: they wait at once.
  test.concurrent.each(shown)('in %s is run by a test: %s', async (document, line) => {
    if (foreign.test(line)) return;
    if (document.startsWith('docs/walkthroughs/')) {
      expect(played).toContain(`'${path.basename(document, '.md')}'`);
      return;
    }
    const place = elsewhere.find(([form]) => form.test(line))?.[1];
    if (place !== undefined) expect(existsSync(path.join(root, place)), place).toBe(true);
    else if (line.startsWith('npm '))
      expect(packageJson.scripts).toHaveProperty(line.split(' ').slice(-1)[0] ?? '');
    else
      expect(await exitCodeOf(line), 'it is no wrong command line: that no server is there is all').toBe(4);
  });
});

/** How a command ends whose digests and reasons are made up, where no server is. */
async function exitCodeOf(line: string): Promise<number | undefined> {
  const program = line.replace(/^npx slipway/, `'${process.execPath}' '${root}/bin/slipway.js'`);
  const env = { TEMPORAL_ADDRESS: nowhere, SLIPWAY_AS: 'grace' };
  const { exitCode } = await execa('bash', ['-c', program], { env, stdin: 'ignore', reject: false });
  return exitCode;
}
