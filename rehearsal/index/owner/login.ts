import { failure, type Reply } from '../http.js';
import { beginSession } from './begin-session.js';
import { isKnownDevice } from './confirm-login.js';
import { errors, form, page, paragraph } from './page.js';
import type { LockedOut, Person } from './people.js';
import { cookie, safePath, seeOther, visitor, type Visit } from './visit.js';

const rememberedSeconds = 30 * 24 * 3600;
const loginPath = '/account/login/';

/** Answers `/account/login/`. */
export function login(visit: Visit): Reply {
  if (visitor(visit) !== undefined) return seeOther(visit, '/manage/projects/');
  if (visit.exchange.method !== 'POST') return loginPage(visit, []);
  const person = visit.desk.people.find(visit.form.get('username') ?? '');
  if (person === undefined) return loginPage(visit, ['No user found with that username']);
  const password = visit.form.get('password') ?? '';
  const right = visit.desk.people.checkPassword(person, password, visit.exchange.address);
  if (right !== true)
    return loginPage(visit, [right === false ? 'The password is invalid. Try again.' : lockedOut(right)]);
  return goOn(visit, person);
}

/** A right password leads to the two-factor page, unless the device is remembered. */
function goOn(visit: Visit, person: Person): Reply {
  const next = safePath(visit, nextOf(visit));
  if (isRemembered(visit, person)) {
    beginSession(visit, person, 'remembered-device');
    return seeOther(visit, next ?? '/manage/projects/');
  }
  const data = { user: person.account.user, ...(next === undefined ? {} : { next }) };
  return seeOther(visit, `/account/two-factor/?${visit.desk.tokens.sign('two-factor', data)}`);
}

/** Answers `/account/two-factor/`. */
export function twoFactor(visit: Visit): Reply {
  if (visitor(visit) !== undefined) return seeOther(visit, '/manage/projects/');
  const token = visit.desk.tokens.read('two-factor', visit.exchange.query);
  const person = visit.desk.people.find(token?.data.user ?? '');
  if (token === undefined || person === undefined || token.at * 1000 <= person.lastLogin) {
    visit.session.flash('Invalid or expired two factor login.');
    return seeOther(visit, loginPath);
  }
  if (visit.exchange.method !== 'POST') return twoFactorPage(visit, person, []);
  // As there, nobody has thought of an account that has only a passkey.
  if (person.account.seed === undefined) return failure(500, 'Internal Server Error');
  return judgeCode(visit, person, token.data.next ?? '/');
}

function judgeCode(visit: Visit, person: Person, next: string): Reply {
  const code = (visit.form.get('totp_value') ?? '').replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(code)) return twoFactorPage(visit, person, ['TOTP code must be 6 digits.']);
  const right = visit.desk.people.checkCode(person, code, visit.exchange.address);
  if (right === false) return twoFactorPage(visit, person, ['Invalid TOTP code.']);
  if (right !== true) return tooMany(right);
  if (!isKnownDevice(visit, person)) return seeOther(visit, '/account/confirm-login/');
  beginSession(visit, person, 'totp');
  person.lastCode = code;
  if (visit.form.has('remember_device')) remember(visit, person);
  return seeOther(visit, next);
}

function nextOf({ form, query }: Visit): string | null {
  return form.get('next') ?? query.get('next');
}

function loginPage(visit: Visit, problems: readonly string[]): Reply {
  const { session, exchange } = visit;
  const action = exchange.query === '' ? exchange.path : `${exchange.path}?${exchange.query}`;
  const next = nextOf(visit);
  const inputs = [
    ...(next === null ? [] : [{ name: 'next', value: next }]),
    { name: 'username', type: 'text' } as const,
    { name: 'password', type: 'password' } as const,
  ];
  return page('Log in', [errors(problems), form(session, action, inputs, 'Log in')]);
}

function twoFactorPage({ session, exchange }: Visit, person: Person, problems: readonly string[]): Reply {
  const inputs = [
    { name: 'method', value: 'totp' },
    { name: 'totp_value', type: 'text' } as const,
    { name: 'remember_device', type: 'checkbox', value: 'true' } as const,
  ];
  const action = `${exchange.path}?${exchange.query}`;
  const passkey = [
    '<h2>Authenticate with a security device (e.g. USB key)</h2>',
    '<form id="webauthn-auth-form"><button type="submit" id="webauthn-auth-begin" disabled>Authenticate with device</button>',
    '<input type="checkbox" name="remember_device" value="true"></form>',
  ];
  const app = ['<h2>Authenticate with an app</h2>', form(session, action, inputs, 'Verify')];
  return page('Two-factor authentication', [
    errors(problems),
    ...(person.account.seed === undefined ? passkey : app),
    paragraph('You have not generated account recovery codes.'),
  ]);
}

function isRemembered({ desk, cookies }: Visit, { account }: Person): boolean {
  const token = desk.tokens.read('remember-device', cookies.get('remember_device') ?? '');
  return token?.data.user === account.user;
}

function remember(visit: Visit, { account }: Person): void {
  const token = visit.desk.tokens.sign('remember-device', { user: account.user });
  const more = [`Max-Age=${rememberedSeconds}`, `Path=${loginPath}`, 'HttpOnly', 'SameSite=strict'];
  visit.setCookies.push(cookie(visit, 'remember_device', token, more));
}

function lockedOut({ lockedFor }: LockedOut): string {
  const minutes = Math.max(1, Math.round(lockedFor / 60));
  return `There have been too many unsuccessful login attempts. You have been locked out for ${minutes} minutes. Please try again later.`;
}

function tooMany({ lockedFor }: LockedOut): Reply {
  return failure(429, 'Too Many Failed Login Attempts', { 'retry-after': String(lockedFor) });
}
