import { beforeEach, describe, expect, test } from 'vitest';
import type { IndexStandIn } from '../../../rehearsal/index/contract.js';
import { startIndex } from '../../../rehearsal/index/stand-in.js';
import * as tools from './tools.js';

const command = new URL('../../../rehearsal/index/yank-command.mjs', import.meta.url).pathname;

let index: IndexStandIn;

beforeEach(async () => {
  index = await tools.runningIndex();
  const { wheel, sdist } = await tools.makeDistributions('wh-demo', '1.0.0');
  for (const file of [wheel, sdist])
    expect(await tools.plainUpload(index, file)).toMatchObject({ status: 200 });
});

function yank(args: readonly string[], env: Record<string, string> = {}): Promise<tools.Ended> {
  return tools.run(process.execPath, [command, ...args], {
    STAND_IN_INDEX: index.url,
    STAND_IN_OWNER: tools.OWNER,
    ...env,
  });
}

function changes(): unknown[] {
  return index
    .accessLog()
    .flatMap((entry) => (entry.kind === 'change' ? [entry.change] : []))
    .slice(2);
}

async function shown(): Promise<unknown[]> {
  return (await tools.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked);
}

describe('the yank command', () => {
  test('yanks every file of the release with the reason', async () => {
    const { code, output } = await yank(['wh-demo', '1.0.0', 'it breaks']);
    expect(code, output).toBe(0);
    expect(await shown()).toEqual(['it breaks', 'it breaks']);
    expect(changes()).toEqual([
      { type: 'release-yanked', project: 'wh-demo', version: '1.0.0', reason: 'it breaks' },
    ]);
  });

  test('may be repeated, which changes nothing unless the reason is another', async () => {
    for (const reason of ['one', 'one', 'two'])
      expect(await yank(['wh-demo', '1.0', reason])).toMatchObject({ code: 0 });
    expect(changes()).toHaveLength(2);
    expect(await shown()).toEqual(['two', 'two']);
  });

  test.each([
    [
      'the version is unknown',
      ['wh-demo', '2.0.0', 'bad'],
      {},
      'answered 404 This index holds no release 2.0.0 of wh-demo',
    ],
    [
      'the secret is wrong',
      ['wh-demo', '1.0.0', 'bad'],
      { STAND_IN_OWNER: 'stranger' },
      'answered 403 Only the owner may do this',
    ],
    ['no release is named', ['wh-demo'], {}, 'say which release'],
    [
      'it has no secret',
      ['wh-demo', '1.0.0', 'bad'],
      { STAND_IN_OWNER: '' },
      'set STAND_IN_INDEX and STAND_IN_OWNER',
    ],
    [
      'the index is unreachable',
      ['wh-demo', '1.0.0', 'bad'],
      { STAND_IN_INDEX: 'http://127.0.0.1:9/' },
      'Not yanked: ',
    ],
  ])('fails when %s, and nothing is yanked', async (_when, args, env, message) => {
    const { code, output } = await yank(args, env);
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(await shown()).toEqual([false, false]);
  });

  test('fails while the index is down and yanks when it is back', async () => {
    index.misbehave({ path: '/stand-in/yank', times: 1, fault: { kind: 'drop-before-commit' } });
    expect(await yank(['wh-demo', '1.0.0', 'bad'])).toMatchObject({ code: 1 });
    expect(await shown()).toEqual([false, false]);
    expect(await yank(['wh-demo', '1.0.0', 'bad'])).toMatchObject({ code: 0 });
    expect(await shown()).toEqual(['bad', 'bad']);
  });
});

describe('the owner over HTTP', () => {
  function post(path: string, body: string): Promise<Response> {
    const headers = { authorization: `Bearer ${tools.OWNER}` };
    return fetch(new URL(path, index.url), { method: 'POST', headers, body });
  }

  test('takes a yank back', async () => {
    index.yank('wh-demo', '1.0.0', 'bad');
    const response = await post('stand-in/unyank', JSON.stringify({ project: 'wh-demo', version: '1.0.0' }));
    expect(response.status).toBe(200);
    expect(await shown()).toEqual([false, false]);
  });

  test.each(['', 'no JSON', '{"project":"wh-demo"}'])('is refused with the body %j', async (body) => {
    expect((await post('stand-in/yank', body)).status).toBe(400);
    expect(changes()).toEqual([]);
  });

  test('is nobody where no secret was given', async () => {
    const ownerless = await startIndex({ tokens: [], folder: await tools.temporaryFolder() });
    const headers = { authorization: 'Bearer undefined' };
    const response = await fetch(`${ownerless.url}stand-in/yank`, { method: 'POST', headers, body: '{}' });
    await ownerless.close();
    expect(response.status).toBe(403);
  });
});

test('within the process, a release or file that the index does not hold is refused', () => {
  expect(() => index.yank('wh-demo', '2.0.0')).toThrow('This index holds no release 2.0.0 of wh-demo.');
  expect(() => index.deleteFile('nothing.whl')).toThrow('This index holds no file nothing.whl.');
});
