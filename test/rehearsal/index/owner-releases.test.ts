import { beforeEach, describe, expect, test } from 'vitest';

import type { Form } from '../../../src/activities/yank/web/forms.js';
import type { Account, IndexOptions, IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';
import { Visitor, type Seen } from './visitor.js';

const ada: Account = {
  user: 'ada',
  password: 'correct horse',
  seed: 'JBSWY3DPEHPK3PXP',
  owns: ['WH_Demo'],
  knownAddresses: ['127.0.0.1'],
};
const stranger: Account = { ...ada, user: 'stranger', owns: [] };

const page = '/manage/project/wh-demo/release/1.0.0/';
const list = '/manage/project/wh-demo/releases/';

let index: IndexStandIn;
let now: number;
let browser: Visitor;

beforeEach(() => begin({ accounts: [ada, stranger] }));

async function begin(web: IndexOptions['web']): Promise<void> {
  now = Date.parse('2026-08-21T10:00:07.300Z');
  index = await tools.runningIndex({ now: () => new Date(now), ...(web === undefined ? {} : { web }) });
  const { wheel, sdist } = await tools.makeDistributions('wh-demo', '1.0.0');
  for (const file of [wheel, sdist]) await tools.plainUpload(index, file, { name: 'wh-demo' });
  browser = new Visitor(index.url);
  if (web !== undefined) await browser.logIn(ada, now);
}

const shown = async () => (await tools.simpleJson(index, 'wh-demo')).files.map(({ yanked }) => yanked);

function formWith({ html }: Seen, name: string): Form | undefined {
  return html.forms.find(({ fields }) => fields.has(name));
}

async function yank(fields: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const form = formWith(await browser.open(page), 'confirm_yank_version');
  return browser.send(form, { confirm_yank_version: '1.0.0', yanked_reason: 'bad', ...fields });
}

describe('the page of a release', () => {
  test('has one form to yank it, beside the one that deletes it, and posting it yanks', async () => {
    const seen = await browser.open(page);
    expect(seen.html.forms.map(({ action, fields }) => [action, [...fields.keys()]])).toEqual([
      [page, ['csrf_token', 'yanked_reason', 'confirm_yank_version']],
      [page, ['csrf_token', 'confirm_delete_version']],
    ]);
    expect(await yank()).toMatchObject({ status: 303, to: list });
    expect(await shown()).toEqual(['bad', 'bad']);
    expect((await browser.open('/_includes/unauthed/flash-messages/')).html.text).toContain(
      "Yanked release '1.0.0'",
    );
  });

  test('answers under other spellings of name and version, and wants the exact version', async () => {
    const seen = await browser.open('/manage/project/WH_Demo/release/1.0/');
    expect(formWith(seen, 'confirm_yank_version')?.action).toBe('/manage/project/WH_Demo/release/1.0/');
    for (const version of ['1.0', ''])
      expect(await yank({ confirm_yank_version: version })).toMatchObject({ status: 303, to: page });
    expect(await shown()).toEqual([false, false]);
  });

  test('has neither a yank nor an un-yank form once it is yanked; the list has that, among those of other releases', async () => {
    const other = await tools.makeDistributions('wh-demo', '2.0.0', 'two');
    await tools.plainUpload(index, other.wheel, { name: 'wh-demo' });
    await yank();
    const forms = (await browser.open(page)).html.forms.map(({ fields }) => [...fields.keys()].at(-1));
    expect(forms).toEqual(['confirm_delete_version']);
    const all = (await browser.open(list)).html.forms.map(({ action, fields }) => [
      action,
      [...fields.keys()].at(-1),
    ]);
    const otherPage = '/manage/project/wh-demo/release/2.0.0/';
    expect(all).toEqual([
      [page, 'confirm_unyank_version'],
      [otherPage, 'confirm_yank_version'],
      [otherPage, 'confirm_delete_version'],
    ]);
    const unyank = formWith(await browser.open(list), 'confirm_unyank_version');
    expect(await browser.send(unyank, { confirm_unyank_version: '1.0.0' })).toMatchObject({ to: list });
    expect((await shown()).slice(0, 2)).toEqual([false, false]);
  });

  test('takes a yank of what is yanked, and the new reason with it', async () => {
    const form = formWith(await browser.open(page), 'confirm_yank_version');
    for (const yanked_reason of ['one', 'two'])
      expect(await browser.send(form, { confirm_yank_version: '1.0.0', yanked_reason })).toMatchObject({
        to: list,
      });
    expect(await shown()).toEqual(['two', 'two']);
  });

  test('is there for owners only', async () => {
    expect(await new Visitor(index.url).open(page)).toMatchObject({
      status: 303,
      to: `/account/login/?next=${encodeURIComponent(page)}`,
    });
    const other = new Visitor(index.url);
    await other.logIn(stranger, now);
    for (const path of [page, list]) expect(await other.open(path)).toMatchObject({ status: 403 });
  });

  test.each(['/manage/project/wh-demo/release/2.0.0/', '/manage/project/nothing/releases/'])(
    '%s is not there for anybody',
    async (path) => {
      expect(await browser.open(path)).toMatchObject({ status: 404 });
    },
  );

  test('is not there at all where the index has no owners', async () => {
    await begin(undefined);
    expect(await browser.open('/account/login/')).toMatchObject({ status: 404 });
    expect(index.mails()).toEqual([]);
  });
});

describe('a posted form', () => {
  test.each([
    ['without the confirmation', 404, (token: string) => `csrf_token=${token}&yanked_reason=x`],
    ['without its token', 400, () => 'confirm_yank_version=1.0.0'],
    ['with the token of another session', 400, () => 'confirm_yank_version=1.0.0&csrf_token=x'],
    [
      'with a field twice',
      400,
      (token: string) => `csrf_token=${token}&confirm_yank_version=1.0.0&confirm_yank_version=1.0.0`,
    ],
  ])('%s is answered %i', async (_how, status, body) => {
    const token = formWith(await browser.open(page), 'confirm_yank_version')?.fields.get('csrf_token') ?? '';
    expect(await browser.post(page, body(token))).toMatchObject({ status });
    expect(await shown()).toEqual([false, false]);
  });

  test('may have its token in a header', async () => {
    const token = formWith(await browser.open(page), 'confirm_yank_version')?.fields.get('csrf_token') ?? '';
    const sent = browser.post(page, { confirm_yank_version: '1.0.0' }, { 'x-csrf-token': token });
    expect(await sent).toMatchObject({ status: 303, to: list });
    expect(await shown()).toEqual([true, true]);
  });

  test.each([
    ['nothing', {}, 400],
    ['another Origin', { origin: 'https://evil.example' }, 400],
    ['another Referer', { referer: 'https://evil.example/x' }, 400],
    ['its own Origin', { origin: 'https://index.example' }, 303],
    ['its own Referer', { referer: 'https://index.example/manage/' }, 303],
  ])('by https with %s to say where it comes from is answered %i', async (_what, headers, status) => {
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'index.example' };
    const secure = new Visitor(index.url, '127.0.0.1', forwarded);
    for (const [name, value] of browser.cookies) secure.cookies.set(name, value);
    const form = formWith(await secure.open(page), 'confirm_yank_version');
    const fields = { ...Object.fromEntries(form?.fields ?? []), confirm_yank_version: '1.0.0' };
    expect(await secure.post(page, fields, headers)).toMatchObject({ status });
    expect(await shown()).toEqual(Array(2).fill(status === 303));
  });
});

describe('half an hour after the password', () => {
  test('it is asked for again, with 200 and in place of what was asked, also of a post, which does nothing', async () => {
    const form = formWith(await browser.open(page), 'confirm_yank_version');
    now += 30 * 60 * 1000;
    const asked = await browser.send(form, { confirm_yank_version: '1.0.0' });
    expect(asked).toMatchObject({ status: 200 });
    expect(asked.html.title).toContain('Confirm password');
    expect(await shown()).toEqual([false, false]);
    const again = asked.html.forms[0];
    expect([...(again?.fields.keys() ?? [])]).toEqual([
      'csrf_token',
      'next_route',
      'next_route_matchdict',
      'next_route_query',
      'password',
    ]);
    expect(await browser.send(again, { password: 'wrong' })).toMatchObject({ status: 303, to: page });
    expect((await browser.open(page)).html.title).toContain('Confirm password');
    expect(await browser.send(again, { password: ada.password })).toMatchObject({ status: 303, to: page });
    expect(await yank()).toMatchObject({ status: 303, to: list });
    expect(await shown()).toEqual(['bad', 'bad']);
  });
});

describe('the site', () => {
  test('in read-only mode says that it has yanked, and has not', async () => {
    index.misbehave({ method: 'POST', path: page, fault: { kind: 'not-stored' } });
    expect(await yank()).toMatchObject({ status: 303, to: list });
    expect((await browser.open('/_includes/unauthed/flash-messages/')).html.text).toContain('Yanked release');
    expect(await shown()).toEqual([false, false]);
  });

  test('shows a yank later where its pages are old', async () => {
    index.misbehave({ path: /^\/simple\//, fault: { kind: 'stale', age: 60_000 } });
    now += 60_000;
    await yank();
    expect(await shown()).toEqual([false, false]);
    now += 60_000;
    expect(await shown()).toEqual(['bad', 'bad']);
  });

  test('does not serve a release in quarantine, and lets its owner change nothing', async () => {
    const form = formWith(await browser.open(page), 'confirm_yank_version');
    index.quarantine('wh-demo', '1.0.0');
    expect(await shown()).toEqual([]);
    for (const path of ['wh-demo/json', 'wh-demo/1.0.0/json'])
      expect((await fetch(new URL(`pypi/${path}`, index.url))).status).toBe(404);
    const seen = await browser.open(page);
    expect(seen.html.text).toContain('This release has been quarantined.');
    expect(seen.html.forms).toEqual([]);
    expect((await browser.open(list)).html.forms).toEqual([]);
    expect(await browser.send(form, { confirm_yank_version: '1.0.0' })).toMatchObject({ to: page });
    expect(() => index.quarantine('wh-demo', '2.0.0')).toThrow('This index holds no release 2.0.0');
  });

  test('may want more boxes ticked than there were', async () => {
    await begin({ accounts: [ada], boxes: ['understood'] });
    const form = formWith(await browser.open(page), 'confirm_yank_version');
    const unticked = { ...Object.fromEntries(form?.fields ?? []), confirm_yank_version: '1.0.0' };
    delete (unticked as Record<string, string>).understood;
    expect(await browser.post(page, unticked)).toMatchObject({ status: 303, to: page });
    expect(await shown()).toEqual([false, false]);
    expect(await yank()).toMatchObject({ status: 303, to: list });
  });

  test('may stand behind a CDN that takes its visitors for robots', async () => {
    index.misbehave({ path: page, times: 1, fault: { kind: 'challenge' } });
    expect(await browser.open(page)).toMatchObject({ status: 200, html: { title: 'Client Challenge' } });
    expect(formWith(await browser.open(page), 'confirm_yank_version')).toBeDefined();
  });
});
