import type { Reply } from '../http.js';
import { beginSession } from './begin-session.js';
import { page, paragraph } from './page.js';
import type { Person } from './people.js';
import { seeOther, visitor, type Visit } from './visit.js';

const repeatMilliseconds = 15 * 60 * 1000;

/** Whether a login from this address was confirmed before; otherwise a mail with a link goes out. */
export function isKnownDevice({ desk, exchange, origin }: Visit, person: Person): boolean {
  const { addresses, account } = person;
  const known = addresses.get(exchange.address);
  if (known === 'confirmed') return true;
  const now = desk.store.now().getTime();
  if (known !== undefined && now - known < repeatMilliseconds) return false;
  addresses.set(exchange.address, now);
  const token = desk.tokens.sign('confirm-login', { user: account.user, address: exchange.address });
  desk.mails.push({
    to: account.user,
    subject: 'Unrecognized login to your Index stand-in account',
    link: new URL(`/account/confirm-login/?token=${token}`, origin).href,
  });
  return false;
}

/** Answers `/account/confirm-login/`, with and without the token of a mail. */
export function confirmLogin(visit: Visit): Reply {
  if (visitor(visit) !== undefined) return seeOther(visit, '/');
  const sent = visit.query.get('token');
  if (sent === null) return unrecognized();
  const token = visit.desk.tokens.read('confirm-login', sent);
  const person = visit.desk.people.find(token?.data.user ?? '');
  if (token === undefined || person === undefined)
    return refused(visit, 'Invalid token: please try to login again');
  if (token.data.address !== visit.exchange.address)
    return refused(
      visit,
      "Device details didn't match, please try again from the device you originally used to log in.",
    );
  beginSession(visit, person, 'email-confirmation');
  visit.session.flash('Your login has been confirmed and this device is now recognized.');
  return seeOther(visit, '/manage/projects/');
}

function unrecognized(): Reply {
  return page('Unrecognized device', [
    '<h2>Please confirm this login</h2>',
    paragraph(
      'We noticed you are attempting to log in from a new or previously unrecognized device. To ensure this is you, please check your email for a login confirmation link.',
    ),
  ]);
}

function refused(visit: Visit, why: string): Reply {
  visit.session.flash(why);
  return seeOther(visit, '/account/login/');
}
