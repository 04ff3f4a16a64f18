import { pause } from '../../support/cancellation.js';
import type { Browser, Page } from './browser.js';
import type { Form } from './forms.js';
import {
  lockedOut,
  passkeyOnly,
  unconfirmed,
  unknownPage,
  wrongCode,
  wrongPassword,
  wrongUser,
  type Who,
} from './obstacle.js';
import { codeMilliseconds, totpCode } from './totp.js';

/** An owner's account: the names of its secrets and, beside them, their values. */
export interface Account extends Who {
  readonly secret: { readonly password: string; readonly seed: string };
}

export const loginPath = '/account/login/';
const twoFactorPath = '/account/two-factor/';
const mostLogins = 3;

/** Logs an owner in, or says by an Obstacle what stands in the way. */
export async function logIn(browser: Browser, account: Account, now: () => number): Promise<void> {
  for (let logins = 1; ; logins++) {
    const page = await logInOnce(browser, account, now);
    if (page.url.pathname !== loginPath) return;
    if (logins === mostLogins) throw unknownPage(page);
    // A two-factor page ends with every other login of the account, and its clock counts whole seconds.
    await pause(1000);
  }
}

/** Where a login ends; the login page is where it ends when its two-factor page was too old. */
async function logInOnce(browser: Browser, account: Account, now: () => number): Promise<Page> {
  const first = await browser.open(`${loginPath}?next=/manage/projects/`);
  if (first.url.pathname !== loginPath) return first;
  const form = formWith(first, 'password');
  if (form === undefined) throw unknownPage(first);
  const second = await browser.submit(first, form, {
    username: account.user,
    password: account.secret.password,
  });
  if (second.url.pathname === loginPath && !second.led) throw refused(second, account);
  const last = second.url.pathname === twoFactorPath ? await giveCode(browser, second, account, now) : second;
  if (last.url.pathname === '/account/confirm-login/') throw unconfirmed(account, last);
  if (last.status !== 200) throw unknownPage(last);
  return last;
}

/** The one form of a page that has an input of this name. */
export function formWith({ html }: Page, name: string): Form | undefined {
  return html.forms.find(({ fields }) => fields.has(name));
}

function refused(page: Page, account: Account): Error {
  const said = page.html.errors.join(' ');
  if (/too many/i.test(said)) return lockedOut(page);
  return /no user found/i.test(said) ? wrongUser(account, page) : wrongPassword(account, page);
}

/** A code counts for one login, so that after another login within half a minute only the next one is taken. */
async function giveCode(browser: Browser, first: Page, account: Account, now: () => number): Promise<Page> {
  let page = first;
  for (const ahead of [0, codeMilliseconds]) {
    const form = formWith(page, 'totp_value');
    if (form === undefined)
      throw /security device/i.test(page.html.text) ? passkeyOnly(account, page) : unknownPage(page);
    const code = totpCode(account.secret.seed, now() + ahead);
    page = await browser.submit(page, form, { totp_value: code });
    if (page.url.pathname !== twoFactorPath) return page;
  }
  throw wrongCode(account, page);
}
