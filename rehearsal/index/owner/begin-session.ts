import type { Person } from './people.js';
import type { Visit } from './visit.js';

/** How somebody has logged in; what can be phished does not make an address known. */
export type Method = 'totp' | 'remembered-device' | 'email-confirmation';

/** Logs somebody in: a new session id, a new CSRF token, and older two-factor pages end. */
export function beginSession(visit: Visit, person: Person, method: Method): void {
  const { address } = visit.exchange;
  visit.session.begin(person.account.user);
  person.lastLogin = visit.desk.store.now().getTime();
  if (method !== 'totp') person.addresses.set(address, 'confirmed');
  visit.setCookies.push(`user_id__insecure=${encodeURIComponent(person.account.user)}; Path=/`);
}
