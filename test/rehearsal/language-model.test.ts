import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startLanguageModel, type LanguageModel } from '../../rehearsal/language-model.js';

const keys = { openaiKey: 'sk-openai', anthropicKey: 'sk-anthropic' };
const polite = 'Thank you for asking. You may return it within 30 days.';

let model: LanguageModel;
beforeEach(async () => {
  model = await startLanguageModel(keys);
});
afterEach(() => model.close());

interface Reply {
  status: number;
  body: unknown;
}

async function post(url: string, headers: Record<string, string>, body: unknown): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers, body: text });
  return { status: response.status, body: await response.json() };
}

const askOpenai = (messages: unknown, key = keys.openaiKey, more: object = {}) =>
  post(
    `${model.openaiBaseUrl}/chat/completions`,
    { authorization: `Bearer ${key}` },
    { model: 'gpt', messages, ...more },
  );

const askAnthropic = (messages: unknown, headers: Record<string, string> = {}, more: object = {}) =>
  post(
    `${model.anthropicBaseUrl}/v1/messages`,
    { 'x-api-key': keys.anthropicKey, 'anthropic-version': '2023-06-01', ...headers },
    { model: 'claude', max_tokens: 100, messages, ...more },
  );

const openaiText = ({ body }: Reply) =>
  (body as { choices: [{ message: { content: string } }] }).choices[0].message.content;
const anthropicText = ({ body }: Reply) => (body as { content: [{ text: string }] }).content[0].text;

const prompts = new URL('../../rehearsal/sample/', import.meta.url);
const templates = {
  openai: 'stable/src/meant_it/prompts/openai.txt',
  anthropic: 'release/src/meant_it/prompts/anthropic.txt',
};

async function fill(provider: keyof typeof templates, expectation: string, text: string): Promise<string> {
  const template = await readFile(new URL(templates[provider], prompts), 'utf8');
  return template.replace('$expectation', expectation).replace('$text', text);
}

const user = (content: unknown) => [{ role: 'user', content }];

async function judge(expectation: string, text = polite): Promise<{ meant: boolean; reason: string }> {
  const prompt = await fill('openai', expectation, text);
  return JSON.parse(openaiText(await askOpenai(user(prompt)))) as { meant: boolean; reason: string };
}

describe('the judgement', () => {
  test.each([
    ['mentions 30 days', true],
    ['mentions the RETURN', true],
    ['mentions a voucher', false],
    ['does not mention a voucher', true],
    ['is polite', true],
    ['is not polite', false],
    ['is polite and mentions 30 days', true],
    ['is polite and mentions a voucher', false],
    ['asks a question', false],
    ['is a greeting', false],
    ['is a refusal', false],
    ['is an apology', false],
  ])('of a text that says thanks and names 30 days: it %s is %s', async (expectation, meant) => {
    expect(await judge(expectation)).toMatchObject({ meant });
  });

  test('says which part of the expectation is not met', async () => {
    expect((await judge('is polite and mentions a voucher')).reason).toContain('mentions a voucher');
  });

  test('of an expectation without a rule is no, and says so', async () => {
    expect(await judge('rhymes')).toEqual({ meant: false, reason: 'nothing is known about "rhymes"' });
  });

  test('reads the prompt of each provider that the sample package sends', async () => {
    const prompt = await fill('anthropic', 'is polite', polite);
    expect(JSON.parse(anthropicText(await askAnthropic(user(prompt))))).toMatchObject({ meant: true });
    const untrue = await fill('anthropic', 'is a refusal', polite);
    expect(JSON.parse(anthropicText(await askAnthropic(user(untrue))))).toMatchObject({ meant: false });
  });

  test.each([
    ['has lost its text', (prompt: string) => prompt.replace(polite, '')],
    ['has lost its expectation', (prompt: string) => prompt.replace('is polite', '')],
    ['has lost a label', (prompt: string) => prompt.replace('Text:', '')],
    ['no longer asks for JSON', (prompt: string) => prompt.replace('"meant"', 'yes')],
    ['is empty', () => ''],
  ])('is not given in JSON to a prompt that %s', async (_, spoil) => {
    const prompt = spoil(await fill('openai', 'is polite', polite));
    expect(openaiText(await askOpenai(user(prompt)))).not.toContain('{');
  });
});

describe('the conversation', () => {
  const system = {
    role: 'system',
    content:
      'You answer about the library.\nAdults may borrow ten books for three weeks.\nThe library is closed on Sundays.',
  };
  const ask = async (...said: string[]) =>
    openaiText(await askOpenai([system, ...said.map((content) => ({ role: 'user', content }))]));

  test('answers from the instructions', async () => {
    expect(await ask('How many books may I borrow?')).toContain('ten books');
    expect(await ask('Are you there on Sundays?')).toContain('closed on Sundays');
  });

  test('goes back to what was asked before', async () => {
    expect(await ask('How many books may I borrow?', 'And for how long?')).toContain('three weeks');
    expect(await ask('And for how long?')).toContain('cannot help');
  });

  test('greets, and refuses what the instructions do not hold', async () => {
    expect(await ask('Good morning!')).toMatch(/^Hello/);
    expect(await ask('Can you recommend a dentist?')).toContain('cannot help');
  });

  test('takes the instructions from where Anthropic has them, and texts in parts', async () => {
    const question = user([{ type: 'text', text: 'How many books may I borrow?' }]);
    const reply = await askAnthropic(question, {}, { system: system.content });
    expect(anthropicText(reply)).toContain('ten books');
  });
});

describe('the HTTP API', () => {
  test('refuses a wrong key in the shape of each provider', async () => {
    expect(await askOpenai(user('Hello'), 'wrong')).toMatchObject({
      status: 401,
      body: { error: { type: 'invalid_request_error', code: 'invalid_api_key' } },
    });
    expect(await askAnthropic(user('Hello'), { 'x-api-key': 'wrong' })).toMatchObject({
      status: 401,
      body: { type: 'error', error: { type: 'authentication_error' } },
    });
  });

  test("does not take one provider's key for the other's", async () => {
    expect(await askOpenai(user('Hello'), keys.anthropicKey)).toMatchObject({ status: 401 });
    expect(await askAnthropic(user('Hello'), { 'x-api-key': keys.openaiKey })).toMatchObject({ status: 401 });
  });

  test("takes Anthropic's key as old and as new clients send it", async () => {
    const asked = { model: 'claude', max_tokens: 1, messages: user('Hello') };
    for (const header of [
      { 'x-api-key': keys.anthropicKey },
      { authorization: `Bearer ${keys.anthropicKey}` },
    ])
      expect(
        await post(
          `${model.anthropicBaseUrl}/v1/messages`,
          { 'anthropic-version': '2023-06-01', ...header },
          asked,
        ),
      ).toMatchObject({ status: 200 });
  });

  test('refuses malformed requests with what is wrong in them', async () => {
    const headers = { authorization: `Bearer ${keys.openaiKey}` };
    expect(await post(`${model.openaiBaseUrl}/chat/completions`, headers, '{')).toMatchObject({
      status: 400,
    });
    expect(JSON.stringify(await askOpenai([]))).toContain('messages');
    expect(JSON.stringify(await askOpenai(user('Hello'), undefined, { stream: true }))).toContain(
      'does not stream',
    );
    expect(JSON.stringify(await askAnthropic(user('Hello'), {}, { max_tokens: undefined }))).toContain(
      'max_tokens',
    );
    const withoutVersion = await post(
      `${model.anthropicBaseUrl}/v1/messages`,
      { 'x-api-key': keys.anthropicKey },
      { model: 'claude', max_tokens: 1, messages: user('Hello') },
    );
    expect(withoutVersion).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } });
  });
});

describe('the running stand-in', () => {
  test('keeps a record of the calls for each provider, refused ones too, and of nothing else', async () => {
    const before = Date.now();
    await askOpenai(user('Hello'));
    await askOpenai(user('Hello'), 'wrong');
    await askAnthropic(user('Hello'));
    expect(await post(`${model.url}/v1/embeddings`, {}, {})).toMatchObject({ status: 404 });

    const record = model.record();
    expect(record).toMatchObject([
      { provider: 'openai', path: '/v1/chat/completions', model: 'gpt', status: 200 },
      { provider: 'openai', path: '/v1/chat/completions', model: 'gpt', status: 401 },
      { provider: 'anthropic', path: '/v1/messages', model: 'claude', status: 200 },
    ]);
    for (const { time } of record) expect(time).toBeGreaterThanOrEqual(before);
  });

  test('tells the runs of tests apart, and says of each how often whose API has answered', async () => {
    const [one, other] = [model.forRun('one'), model.forRun('other')];
    const openai = (base: string, key: string) =>
      post(
        `${base}/chat/completions`,
        { authorization: `Bearer ${key}` },
        { model: 'gpt', messages: user('Hello') },
      );
    expect(await openai(one.openaiBaseUrl, keys.openaiKey)).toMatchObject({ status: 200 });
    expect(await openai(one.openaiBaseUrl, keys.openaiKey)).toMatchObject({ status: 200 });
    expect(await openai(other.openaiBaseUrl, 'wrong')).toMatchObject({ status: 401 });
    await openai(model.openaiBaseUrl, keys.openaiKey);
    const anthropic = await post(
      `${other.anthropicBaseUrl}/v1/messages`,
      { 'x-api-key': keys.anthropicKey, 'anthropic-version': '2023-06-01' },
      { model: 'claude', max_tokens: 1, messages: user('Hello') },
    );
    expect(anthropic).toMatchObject({ status: 200 });
    const recordOf = async (address: string) => (await fetch(address)).json();
    expect(await recordOf(one.callRecord)).toEqual({ openai: 2 });
    expect(await recordOf(other.callRecord)).toEqual({ anthropic: 1 });
    expect(await recordOf(model.forRun('none').callRecord)).toEqual({});
  });

  test('is gone after closing', async () => {
    const other = await startLanguageModel(keys);
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
