import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { createModeActivities } from '../../src/activities/modes.js';
import type { Manifest } from '../../src/contract/release.js';
import type { Verdict } from '../../src/contract/verdict.js';
import { startLanguageModel } from '../../rehearsal/language-model.js';
import { addressOf } from './support/bench.js';
import { fixture, pyprojectWith, type Files } from './support/repository.js';
import { makeTrials, titles, type Trials } from './support/trials.js';

let trials: Trials;
let manifest: Manifest;

beforeAll(async () => {
  trials = await makeTrials({ FX_KEY: 'sk-canary-1' });
  ({ manifest } = await trials.installationOf({}));
});

afterAll(() => trials.close());

/** Runs a mode of the fixture with changes that its wheel does not hold. */
async function runMode(changes: Files, mode = 'loud', bench = trials.bench): Promise<Verdict> {
  const source = await trials.repository.commit({ ...fixture, ...changes });
  const installation = { manifest, source, origin: { store: true as const } };
  return createModeActivities(bench).runMode({ ...installation, main: addressOf('main', trials.main), mode });
}

const loudWith = (line: string) =>
  pyprojectWith('[tool.slipway.modes.loud]', `[tool.slipway.modes.loud]\n${line}`);
const uses = ({ evidence }: Verdict) => evidence.map(({ what }) => what).slice(1);

test('of a mode that nothing looks at is said not to be checked, also where nobody keeps the record', async () => {
  expect(uses(await runMode(loudWith('calls = ["openai"]')))).toEqual(['use of the mode loud: not checked']);
});

test('is shown by its own probe, in the environment of the tests and with what they were lent', async () => {
  const probe = 'import fx_demo, pathlib; print(fx_demo.say("probed")); assert pathlib.Path(".env").exists()';
  const verdict = await runMode(loudWith(`probe = ["python", "-c", '${probe}']`));
  expect(uses(verdict)).toEqual(['use of the mode loud: its probe passed']);
  const kept = await trials.bench.store.get(verdict.evidence[1]?.digest ?? '');
  expect(kept.toString('utf8')).toBe('PROBED\n');
});

test.each([
  [`["python", "-c", "exit('nobody called')"]`, 'ended with exit code 1', 'nobody called'],
  ['["no-such-probe"]', 'ended with exit code 127', 'No such file'],
])('is not there where the probe %s fails', async (probe, how, output) => {
  const verdict = await runMode(loudWith(`probe = ${probe}`));
  expect(titles(verdict)).toEqual([`mode loud: its probe ${how}`]);
  expect(verdict.passed ? '' : verdict.findings[0]?.detail).toContain(output);
});

const loudOnly = `
import json, os, urllib.request


def test_call():
    if os.environ["FX_VOICE"] != "loud":
        return
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello"}]})
    request = urllib.request.Request(os.environ["FX_MODEL"] + "/chat/completions", body.encode())
    request.add_header("Authorization", "Bearer one")
    assert urllib.request.urlopen(request).status == 200
`;

test('is what the record of its own run says, whatever runs beside it', async () => {
  const model = await startLanguageModel({ openaiKey: 'one', anthropicKey: 'other' });
  onTestFinished(() => model.close());
  const { callRecord, openaiBaseUrl } = model.forRun('{run}');
  const settings = { ...trials.bench.settings, testEnvironment: { FX_MODEL: openaiBaseUrl }, callRecord };
  const modes = ['soft', 'loud'].map(
    (name) => `[tool.slipway.modes.${name}]\nenvironment = { FX_VOICE = "${name}" }\ncalls = ["openai"]\n`,
  );
  const changes = {
    ...pyprojectWith(/\[tool\.slipway\.modes[^]*?(?=\[tool\.slipway\.app)/, modes.join('')),
    'tests/test_call.py': loudOnly,
  };
  const source = await trials.repository.commit({ ...fixture, ...changes });
  const input = { manifest, source, origin: { store: true as const }, main: addressOf('main', trials.main) };
  const activities = createModeActivities({ ...trials.bench, settings });
  const [loud, soft] = await Promise.all([
    activities.runMode({ ...input, mode: 'loud' }),
    activities.runMode({ ...input, mode: 'soft' }),
  ]);
  expect(uses(loud)).toEqual(['use of the mode loud: its tests called openai 1 time']);
  expect(titles(soft)).toEqual([
    'mode soft: its tests never called openai: the record says that they called nothing',
  ]);
});
