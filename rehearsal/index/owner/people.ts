import { codeMilliseconds, totpCode } from '../../../src/activities/yank/web/totp.js';
import type { Account } from '../contract.js';
import { normalizeName } from '../names.js';
import { Limiter, type Limit } from './limiter.js';

const passwordLimits: readonly Limit[] = [[10, 300]];
const codeLimits: readonly Limit[] = [
  [5, 300],
  [20, 3600],
  [50, 86_400],
];
const addressLimits: readonly Limit[] = [
  [10, 300],
  [50, 3600],
];

/** An account with what logins have left behind. */
export interface Person {
  readonly account: Account;
  /** When somebody last logged in, in milliseconds. */
  lastLogin: number;
  /** The code of the last login that was finished. */
  lastCode?: string;
  /** By addresses that logins came from: when the last mail went out, in milliseconds, until one was confirmed. */
  readonly addresses: Map<string, 'confirmed' | number>;
}

/** Too many wrong passwords or codes: nothing is looked at for that many seconds. */
export interface LockedOut {
  readonly lockedFor: number;
}

/** The people who may log in, and the limits of their attempts. */
export class People {
  readonly #people: ReadonlyMap<string, Person>;
  readonly #now: () => Date;
  readonly #passwords: Limiter;
  readonly #codes: Limiter;
  readonly #codesByAddress: Limiter;

  constructor(accounts: readonly Account[], now: () => Date) {
    this.#now = now;
    this.#people = new Map(accounts.map((account) => [account.user, newPerson(account)]));
    this.#passwords = new Limiter(passwordLimits, now);
    this.#codes = new Limiter(codeLimits, now);
    this.#codesByAddress = new Limiter(addressLimits, now);
  }

  find(user: string): Person | undefined {
    return this.#people.get(user);
  }

  /** Whether the password is right; a wrong one counts. */
  checkPassword({ account }: Person, password: string, address: string): boolean | LockedOut {
    const keys = [`user ${account.user}`, `address ${address}`];
    const lockedFor = firstLock(keys.map((key) => this.#passwords.lockedFor(key)));
    if (lockedFor !== undefined) return { lockedFor };
    if (password === account.password) return true;
    for (const key of keys) this.#passwords.hit(key);
    return false;
  }

  /** Whether the code is right; a wrong one counts, one that was used before does not. */
  checkCode({ account, lastCode }: Person, code: string, address: string): boolean | LockedOut {
    const locks = [this.#codes.lockedFor(account.user), this.#codesByAddress.lockedFor(address)];
    const lockedFor = firstLock(locks);
    if (lockedFor !== undefined) return { lockedFor };
    if (code === lastCode) return false;
    const { seed } = account;
    const now = this.#now().getTime();
    const windows = [0, -codeMilliseconds, codeMilliseconds];
    if (seed !== undefined && windows.some((shift) => totpCode(seed, now + shift) === code)) return true;
    this.#codes.hit(account.user);
    this.#codesByAddress.hit(address);
    return false;
  }
}

/** Whether an account may change a project; a maintainer may only upload to it. */
export function owns({ account }: Person, project: string): boolean {
  return (account.owns ?? []).some((name) => normalizeName(name) === normalizeName(project));
}

function newPerson(account: Account): Person {
  const known = (account.knownAddresses ?? []).map((address) => [address, 'confirmed'] as const);
  return { account, lastLogin: 0, addresses: new Map(known) };
}

function firstLock(locks: readonly (number | undefined)[]): number | undefined {
  return locks.find((seconds) => seconds !== undefined);
}
