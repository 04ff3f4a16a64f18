import { expect, onTestFinished, test } from 'vitest';

import { startLanguageModel } from '../../rehearsal/language-model.js';
import { createModeActivities } from '../../src/activities/modes.js';
import { pyprojectWith } from '../activities/support/repository.js';
import { makeTrials } from '../activities/support/trials.js';
import { answer, approveAll, gateOf, outcome, saying, service, waitsAt } from '../workflows/playing.js';
import { modelWorld, terms } from '../workflows/world.js';

const chat = `
import json, os, urllib.request

import fx_demo


def test_it_chats():
    if os.environ["LLM_PROVIDER"] == "openai":
        path, headers = "/v1/chat/completions", {"authorization": "Bearer sk-openai"}
    else:
        path, headers = "/v1/messages", {"x-api-key": "sk-anthropic", "anthropic-version": "2023-06-01"}
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": fx_demo.say("hello")}]}
    request = urllib.request.Request(os.environ["FX_MODELS"] + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
`;

test('a mode whose provider really answers 429 passes on the same wheel when it is run again', async () => {
  const models = await startLanguageModel({ openaiKey: 'sk-openai', anthropicKey: 'sk-anthropic' });
  const trials = await makeTrials({ FX_KEY: 'key' }, { FX_MODELS: models.url });
  onTestFinished(async () => {
    await Promise.all([models.close(), trials.close()]);
  });
  const mode = '[tool.slipway.modes.loud]\nenvironment = { FX_VOICE = "loud" }\nsecrets = ["FX_KEY"]\n';
  const modes = ['openai', 'anthropic'].map(
    (name) => `[tool.slipway.modes.${name}]\nenvironment = { LLM_PROVIDER = "${name}" }\n`,
  );
  const installation = await trials.installationOf({
    ...pyprojectWith(mode, modes.join('\n')),
    'tests/test_chat.py': chat,
  });
  const { runMode } = createModeActivities(trials.bench);
  const world = modelWorld();
  world.model.terms = { ...terms, reruns: 2 };
  const wheels: string[] = [];
  const running = await service(
    {
      buildArtifacts: async ({ version, source }) => ({
        ...{ passed: true, evidence: [] },
        manifest: { ...installation.manifest, version, commit: source.commit },
      }),
      runMode: (input) => {
        if (input.manifest.version === '1.0.0') return Promise.resolve({ passed: true, evidence: [] });
        wheels.push(`${input.mode} ${input.manifest.files.map(({ sha256 }) => sha256).join(' ')}`);
        return runMode({ ...installation, mode: input.mode });
      },
    },
    world,
  );

  models.refuse('openai', 429);
  await running.start();
  await approveAll(running, 'branch');
  const gate = gateOf(await running.until(waitsAt('fix')), 'fix');
  expect(gate.subject).toContainEqual({
    label: 'finding',
    value: saying(
      'mode openai: tests.test_chat::test_it_chats failed: urllib.error.HTTPError: HTTP Error 429',
    ),
  });
  expect(gate.subject).toContainEqual({
    label: 'next',
    value: saying('looks like trouble outside the package (an answer of 429, too many requests)'),
  });
  models.refuse('openai', undefined);
  await answer(running, 'fix', 'rerun');
  const merging = gateOf(await running.until(waitsAt('merge')), 'merge');
  expect(merging.subject).toContainEqual({
    label: 'run again',
    value: saying('mode openai passed the 2nd of 3 attempts in step 6, on the same files'),
  });
  expect(wheels.map((line) => line.split(' ')[0]).sort()).toEqual(['anthropic', 'openai', 'openai']);
  expect(new Set(wheels.map((line) => line.split(' ').slice(1).join(' '))).size).toBe(1);
  expect(
    models
      .record()
      .map(({ provider, status }) => `${provider} ${String(status)}`)
      .sort(),
  ).toEqual(['anthropic 200', 'openai 200', 'openai 429']);
  await approveAll(running, 'merge', 'production');
  expect(await outcome(running)).toMatchObject({ outcome: 'released' });
});
