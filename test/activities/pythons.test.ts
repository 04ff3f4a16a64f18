import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { createApplicationActivities } from '../../src/activities/applications.js';
import { createArtifactActivities } from '../../src/activities/build.js';
import { createInstallationActivities } from '../../src/activities/installation.js';
import { createModeActivities } from '../../src/activities/modes.js';
import { createSuiteActivities } from '../../src/activities/suites.js';
import type { Installation } from '../../src/contract/activities.js';
import type { Source } from '../../src/contract/release.js';
import type { Verdict } from '../../src/contract/verdict.js';
import type { IndexStandIn } from '../../rehearsal/index/contract.js';
import * as indexes from '../rehearsal/index/tools.js';
import { addressOf, makeBench } from './support/bench.js';
import { oneOnly, twoPythons } from './support/pythons.js';
import { fixture, makeRepository, pyprojectWith, type Files, type Repository } from './support/repository.js';
import { startMain, startTest } from './support/stand-ins.js';
import { uploadFiles } from './support/uploading.js';

const [older = '', newer = ''] = twoPythons();

let bench: Awaited<ReturnType<typeof makeBench>>;
let main: IndexStandIn;
let testIndex: IndexStandIn;
let repository: Repository;

beforeAll(async () => {
  [main, testIndex, repository] = [await startMain(['fx-demo']), await startTest(), await makeRepository()];
  bench = await makeBench({
    test: addressOf('test', testIndex),
    secrets: { FX_KEY: 'sk-canary-1', TEST_TOKEN: indexes.TOKEN },
  });
});

afterAll(async () => {
  await Promise.all([bench.close(), main.close(), testIndex.close(), repository.close()]);
});

async function commit(changes: Files = {}): Promise<Source> {
  const pythons = pyprojectWith('[tool.slipway]', `[tool.slipway]\npythons = ["${newer}", "${older}"]`);
  return repository.commit({ ...fixture, ...pythons, ...changes });
}

const titles = (verdict: Verdict) => (verdict.passed ? [] : verdict.findings.map(({ title }) => title));
const proofs = (verdict: Verdict) => verdict.evidence.map(({ what }) => what);

const isNewer = `sys.version_info >= (${newer.replace('.', ', ')})`;
const only = (python: string) =>
  `import sys\n\n\ndef test_it():\n    assert sys.version_info[:2] == (${python.replace('.', ', ')})\n`;

/** Each of them makes half a dozen environments. */
const timeout = 300_000;

describe('on two Pythons', () => {
  beforeEach((context) => {
    context.skip(newer === '', oneOnly);
  });

  test(
    'the suites pass on each, and cover together what is there for one of them only',
    { timeout },
    async () => {
      const checkSuites = async (changes: Files) =>
        createSuiteActivities(bench).checkSuites({
          source: await commit(changes),
          main: addressOf('main', main),
        });
      const divided = {
        'src/fx_demo/old.py': `import sys\n\nif ${isNewer}:\n    from fx_demo.new import tell\nelse:\n    def tell(text):\n        return text\n`,
        // What the older one cannot even read, where the machine has one that is old enough.
        'src/fx_demo/new.py': `${newer >= '3.12' ? 'type Text = str' : 'Text = str'}\n\n\ndef tell(text: Text) -> Text:\n    return text\n`,
      };
      const verdict = await checkSuites(divided);
      expect(titles(verdict)).toEqual([]);
      expect(proofs(verdict)).toEqual([
        `Python ${older}: suite current: 2 tests passed`,
        `Python ${older}: suite deprecated: 1 test passed`,
        `Python ${newer}: suite current: 2 tests passed`,
        `Python ${newer}: suite deprecated: 1 test passed`,
        'current: 2 tests, 100 % of 1 declared file',
        'deprecated: 1 test, 100 % of 1 declared file',
        `union over Python ${older} and ${newer}: 100 % of 16 lines, 100 % of 4 branches`,
        'coverage as HTML (zip)',
      ]);
      const alone = pyprojectWith('[tool.slipway]', `[tool.slipway]\npythons = ["${newer}"]`);
      expect(titles(await checkSuites({ ...divided, ...alone }))).toEqual([
        expect.stringMatching(/^suite deprecated: [\d.]+ % covered/),
        expect.stringMatching(/^union of the suites: [\d.]+ % covered/),
      ]);
      expect(titles(await checkSuites({ 'tests/current/test_one.py': only(newer) }))).toEqual([
        expect.stringMatching(`^Python ${older}: suite current: tests.current.test_one::test_it failed`),
      ]);
    },
  );

  test(
    'the wheel is installed, tested in its modes and used by its applications on each',
    { timeout },
    async () => {
      const source = await commit({ 'tests/test_one.py': only(older) });
      const built = await createArtifactActivities(bench).buildArtifacts({
        source,
        package: 'fx-demo',
        version: '1.0.0.dev0',
      });
      if (!built.passed) throw new Error(JSON.stringify(built.findings));
      const { manifest } = built;
      const index = addressOf('test', testIndex);
      await uploadFiles(bench, index, manifest);
      const installation: Installation = {
        manifest,
        source,
        origin: { index },
        main: addressOf('main', main),
      };

      const installed = await createInstallationActivities(bench).checkInstallation({
        ...installation,
        pinned: true,
      });
      expect(titles(installed)).toEqual([]);
      expect(proofs(installed).filter((what) => what.includes('importlib'))).toEqual([
        `Python ${older}: importlib.metadata and __version__ say 1.0.0.dev0`,
        `Python ${newer}: importlib.metadata and __version__ say 1.0.0.dev0`,
      ]);

      const mode = await createModeActivities(bench).runMode({ ...installation, mode: 'loud' });
      expect(titles(mode)).toEqual([
        expect.stringMatching(`^Python ${newer}: mode loud: tests.test_one::test_it failed: `),
      ]);
      expect(proofs(mode)[0]).toBe(`Python ${older}: mode loud: 4 tests passed against fx-demo 1.0.0.dev0`);

      const application = await createApplicationActivities(bench).runApplication({
        ...installation,
        application: 'shop',
      });
      expect(titles(application)).toEqual([]);
      expect(proofs(application).filter((what) => what.includes('application'))).toEqual([
        `Python ${older}: application shop: 2 tests passed, current: 1, deprecated: 1`,
        `Python ${newer}: application shop: 2 tests passed, current: 1, deprecated: 1`,
      ]);
    },
  );
});

test('a Python that is missing is asked for by its name before anything runs', async () => {
  const source = await commit(pyprojectWith('[tool.slipway]', '[tool.slipway]\npythons = ["3.97"]'));
  const input = { source, main: addressOf('main', main) };
  await expect(createSuiteActivities(bench).checkSuites(input)).rejects.toMatchObject({
    type: 'operator',
    message: expect.stringContaining('Python 3.97 is missing') as unknown,
  });
});
