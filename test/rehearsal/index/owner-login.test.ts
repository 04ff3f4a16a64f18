import { beforeEach, describe, expect, test } from 'vitest';

import { totpCode } from '../../../src/activities/yank/web/totp.js';
import type { Account, IndexStandIn } from '../../../rehearsal/index/contract.js';
import * as tools from './tools.js';
import { Visitor } from './visitor.js';

const ada: Account = {
  user: 'ada',
  password: 'correct horse',
  seed: 'JBSWY3DPEHPK3PXP',
  owns: ['wh-demo'],
  knownAddresses: ['127.0.0.1'],
};
const grace: Account = { user: 'grace', password: 'battery staple', owns: ['wh-demo'] };
const linus: Account = { user: 'linus', password: 'p', seed: 'KRSXG5CTMVRXEZLU', owns: ['wh-demo'] };

let index: IndexStandIn;
let now: number;
let browser: Visitor;

beforeEach(async () => {
  now = Date.parse('2026-08-21T10:00:07.300Z');
  index = await tools.runningIndex({
    now: () => new Date(now),
    web: { accounts: [ada, grace, linus] },
  });
  browser = new Visitor(index.url);
});

const seconds = (count: number) => (now += count * 1000);

describe('a login', () => {
  test('takes password and code, leads to where it was wanted, and begins a new session', async () => {
    const { to } = await browser.open('/manage/projects/');
    expect(to).toBe('/account/login/?next=%2Fmanage%2Fprojects%2F');
    const first = await browser.open(to ?? '');
    expect([...(first.html.forms[0]?.fields.keys() ?? [])]).toEqual([
      'csrf_token',
      'next',
      'username',
      'password',
    ]);
    const before = browser.cookies.get('session_id');
    const done = await browser.logIn(ada, now, to);
    expect(done).toMatchObject({ status: 303, to: '/manage/projects/' });
    expect(browser.cookies.get('session_id')).not.toBe(before);
    expect(await browser.open('/manage/projects/')).toMatchObject({ status: 200 });
    expect(await browser.open('/account/login/')).toMatchObject({ status: 303, to: '/manage/projects/' });
    expect([...browser.cookies.keys()]).toEqual(['session_id', 'user_id__insecure', 'remember_device']);
  });

  test('never leads to another site', async () => {
    const path = '/account/login/?next=https%3A%2F%2Fevil.example%2F';
    expect(await browser.logIn(ada, now, path)).toMatchObject({ status: 303, to: '/' });
  });

  test('with a wrong password or an unknown name is answered 200 and says why', async () => {
    expect(await browser.giveName({ ...ada, password: 'no' })).toMatchObject({
      status: 200,
      html: { errors: ['The password is invalid. Try again.'] },
    });
    expect(await browser.giveName({ user: 'nobody', password: 'no' })).toMatchObject({
      status: 200,
      html: { errors: ['No user found with that username'] },
    });
  });

  test('with ten wrong passwords in five minutes locks even the right one out, with 200', async () => {
    for (let attempts = 0; attempts < 10; attempts++) await browser.giveName({ ...ada, password: 'no' });
    const { status, html } = await browser.giveName(ada);
    expect(status).toBe(200);
    expect(html.errors[0]).toContain('There have been too many unsuccessful login attempts.');
    seconds(301);
    expect(await browser.giveName(ada)).toMatchObject({ status: 303 });
  });

  test('ends twelve hours after its session was last saved', async () => {
    await browser.logIn(ada, now);
    seconds(12 * 3600 - 1);
    expect(await browser.open('/manage/projects/')).toMatchObject({ status: 200 });
    seconds(2);
    expect(await browser.open('/manage/projects/')).toMatchObject({ status: 303 });
  });
});

describe('a code', () => {
  test.each([-30, 0, 30])('of %i seconds ago is taken', async (age) => {
    expect(await browser.logIn(ada, now - age * 1000)).toMatchObject({ status: 303, to: '/' });
  });

  test('of a minute ago is not', async () => {
    expect(await browser.logIn(ada, now - 60_000)).toMatchObject({
      status: 200,
      html: { errors: ['Invalid TOTP code.'] },
    });
  });

  test('counts for one finished login only, in another session too, and using it again is no attempt', async () => {
    expect(await browser.logIn(ada, now)).toMatchObject({ status: 303 });
    seconds(1);
    const other = new Visitor(index.url);
    for (let attempts = 0; attempts < 7; attempts++)
      expect(await other.logIn(ada, now)).toMatchObject({ status: 200 });
    expect(await other.logIn(ada, now + 30_000)).toMatchObject({ status: 303 });
  });

  test('that is wrong five times in five minutes locks out with 429', async () => {
    const { to = '' } = await browser.giveName(ada);
    const { html } = await browser.open(to);
    const guess = () => browser.send(html.forms[0], { totp_value: '000000' });
    for (let attempts = 0; attempts < 5; attempts++) expect(await guess()).toMatchObject({ status: 200 });
    const locked = await browser.send(html.forms[0], { totp_value: totpCode(ada.seed ?? '', now) });
    expect(locked).toMatchObject({ status: 429, headers: { 'retry-after': '300' } });
  });

  test('comes too late after five minutes, or after another login of the account within the same second', async () => {
    const { to = '' } = await browser.giveName(ada);
    expect(await browser.open(to)).toMatchObject({ status: 200 });
    await new Visitor(index.url).logIn(ada, now);
    expect(await browser.open(to)).toMatchObject({ status: 303, to: '/account/login/' });
    seconds(1);
    const again = (await browser.giveName(ada)).to ?? '';
    expect(await browser.open(again)).toMatchObject({ status: 200 });
    seconds(301);
    expect(await browser.open(again)).toMatchObject({ status: 303, to: '/account/login/' });
  });

  test('is not asked of an account that has only a security device', async () => {
    const { to = '' } = await browser.giveName(grace);
    const { html } = await browser.open(to);
    expect(html.text).toContain('security device');
    expect(html.forms.some(({ fields }) => fields.has('totp_value'))).toBe(false);
    const csrf_token = await tokenOf(browser);
    expect(await browser.post(to, { csrf_token, totp_value: '000000' })).toMatchObject({ status: 500 });
  });
});

describe('an unknown address', () => {
  test('gets a mail whose link logs in from that address, without cookies and again, and from no other', async () => {
    const login = await browser.logIn(linus, now);
    expect(login).toMatchObject({ status: 303, to: '/account/confirm-login/' });
    expect((await browser.open('/account/confirm-login/')).html.title).toContain('Unrecognized device');
    const [mail] = index.mails();
    expect(mail).toMatchObject({ to: 'linus', subject: 'Unrecognized login to your Index stand-in account' });
    const link = mail?.link ?? '';
    expect(await new Visitor(index.url, '127.0.0.2').open(link)).toMatchObject({ to: '/account/login/' });
    for (const clean of [new Visitor(index.url), new Visitor(index.url)]) {
      expect(await clean.open(link)).toMatchObject({ status: 303, to: '/manage/projects/' });
      expect(await clean.open('/manage/projects/')).toMatchObject({ status: 200 });
    }
    seconds(1);
    expect(await new Visitor(index.url).logIn(linus, now)).toMatchObject({ to: '/' });
  });

  test('does not use the code up, and gets the next mail a quarter of an hour later', async () => {
    for (let logins = 0; logins < 2; logins++)
      expect(await browser.logIn(linus, now)).toMatchObject({ to: '/account/confirm-login/' });
    expect(index.mails()).toHaveLength(1);
    seconds(901);
    await browser.logIn(linus, now);
    expect(index.mails()).toHaveLength(2);
  });

  test('is let in with the cookie of a remembered device, without code and mail, for thirty days', async () => {
    await browser.logIn(ada, now);
    const cookie = browser.cookies.get('remember_device') ?? '';
    seconds(30 * 24 * 3600 - 1);
    const remembering = () => {
      const elsewhere = new Visitor(index.url, '127.0.0.3');
      elsewhere.cookies.set('remember_device', cookie);
      return elsewhere;
    };
    expect(await remembering().giveName(ada)).toMatchObject({ to: '/manage/projects/' });
    expect(await remembering().giveName(linus)).toMatchObject({
      to: expect.stringContaining('two-factor') as string,
    });
    expect(index.mails()).toEqual([]);
    seconds(2);
    expect(await remembering().giveName(ada)).toMatchObject({
      to: expect.stringContaining('two-factor') as string,
    });
  });
});

describe('the cookies', () => {
  test('are Secure where the site is addressed by https, but for the one that is called insecure', async () => {
    const secure = new Visitor(index.url, '127.0.0.1', {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'index.example',
      origin: 'https://index.example',
    });
    const { headers } = await secure.logIn(ada, now);
    expect(headers.location).toBe('https://index.example/');
    const set = (headers['set-cookie'] ?? []).map((cookie) => cookie.replace(/=[^;]*/, ''));
    expect(set).toEqual([
      'user_id__insecure; Path=/',
      'remember_device; Max-Age=2592000; Path=/account/login/; HttpOnly; SameSite=strict; Secure',
      'session_id; Path=/; HttpOnly; SameSite=lax; Secure',
    ]);
  });
});

async function tokenOf(visitor: Visitor): Promise<string> {
  const { html } = await visitor.open('/account/login/');
  return html.forms[0]?.fields.get('csrf_token') ?? '';
}
