import { fileURLToPath } from 'node:url';

import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { install, makeEnvironment } from '../../src/activities/support/environment.js';
import { mainIndex } from '../../src/activities/support/indexes.js';
import { run } from '../../src/activities/support/run.js';
import { inWorkplace } from '../../src/activities/support/workplace.js';
import { startLanguageModel } from '../../rehearsal/language-model.js';
import { layStage, sampleStages } from '../../rehearsal/sample.js';
import { makeBench } from '../activities/support/bench.js';

const samples = fileURLToPath(new URL('../../rehearsal/sample', import.meta.url));
const keys = { openaiKey: 'sk-openai', anthropicKey: 'sk-anthropic' };
const languageModels = ['openai', 'anthropic'] as const;

test("the sample's chatbot answers through LangChain's own clients, and is judged by both kinds of assert", async () => {
  const [bench, model] = [await makeBench(), await startLanguageModel(keys)];
  onTestFinished(async () => {
    await Promise.all([bench.close(), model.close()]);
  });
  await inWorkplace(bench, async (place) => {
    for (const stage of sampleStages) await layStage(samples, stage, place.at('sample'));
    const chatbot = place.at('sample', 'examples', 'chatbot');
    const environment = await makeEnvironment(bench, place, place.at('environment'), {
      program: path.join(bench.tools, 'python'),
    });
    const args = [place.at('sample'), '-r', 'requirements.txt', 'langchain-anthropic>=1,<2'];
    const index = await mainIndex(bench);
    expect(await install(bench, place, environment, { args, index, cwd: chatbot })).toBeUndefined();
    for (const provider of languageModels) {
      const { openaiBaseUrl, anthropicBaseUrl, callRecord } = model.forRun(provider);
      const { output } = await run([environment.python, '-m', 'pytest'], {
        cwd: chatbot,
        env: {
          ...environment.env,
          LLM_PROVIDER: provider,
          OPENAI_API_KEY: keys.openaiKey,
          OPENAI_BASE_URL: openaiBaseUrl,
          ANTHROPIC_API_KEY: keys.anthropicKey,
          ANTHROPIC_BASE_URL: anthropicBaseUrl,
        },
        timeoutSeconds: 120,
      });
      expect(output).toContain('5 passed');
      const called = await (await fetch(callRecord)).json();
      expect(Object.keys(called as object)).toEqual([provider]);
    }
  });
}, 300_000);
