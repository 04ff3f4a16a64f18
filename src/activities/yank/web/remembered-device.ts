import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { Cookie } from 'tough-cookie';
import { z } from 'zod';

import type { Browser } from './browser.js';
import { loginPath, type Account } from './login.js';

const cookieName = 'remember_device';

const fileShape = z.object({ salt: z.base64(), iv: z.base64(), tag: z.base64(), sealed: z.base64() });

/**
 * The cookie with which an owner logs in without a code and from any address, kept over restarts. It is a credential:
 * its file is readable by its owner only and sealed with a key from password and seed, so that it is worth nothing
 * to anybody who does not have those.
 */
export class RememberedDevice {
  readonly #file: string;
  readonly #account: Account;
  readonly #about: string;
  #kept: string | undefined;

  /** The folder is made when there is something to keep; a file is of one site and account. */
  constructor(folder: string, site: string, account: Account) {
    this.#about = `${site}\n${account.user}`;
    this.#file = path.join(
      folder,
      `${createHash('sha256').update(this.#about).digest('hex').slice(0, 16)}.json`,
    );
    this.#account = account;
  }

  /** Gives the browser what is kept; what cannot be read is of no use, and a login goes its longer way. */
  async lend(browser: Browser): Promise<void> {
    const cookie = await this.#read().catch(() => undefined);
    if (cookie === undefined) return;
    this.#kept = cookie.value;
    await browser.keep(loginPath, cookie);
  }

  /** Keeps what the browser has now. */
  async take(browser: Browser): Promise<void> {
    const cookie = await browser.cookie(loginPath, cookieName);
    if (cookie === undefined || cookie.value === this.#kept) return;
    const [salt, iv] = [randomBytes(16), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', await this.#key(salt), iv).setAAD(Buffer.from(this.#about));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(cookie.toJSON())), cipher.final()]);
    const parts = { salt, iv, tag: cipher.getAuthTag(), sealed };
    const file = Object.fromEntries(
      Object.entries(parts).map(([name, bytes]) => [name, bytes.toString('base64')]),
    );
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const arriving = `${this.#file}.${String(process.pid)}`;
    await writeFile(arriving, JSON.stringify(file), { mode: 0o600 });
    await rename(arriving, this.#file);
    this.#kept = cookie.value;
  }

  async #read(): Promise<Cookie | undefined> {
    const { salt, iv, tag, sealed } = fileShape.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    const [key, nonce] = [await this.#key(Buffer.from(salt, 'base64')), Buffer.from(iv, 'base64')];
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
      .setAAD(Buffer.from(this.#about))
      .setAuthTag(Buffer.from(tag, 'base64'));
    const opened = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()]);
    return Cookie.fromJSON(opened.toString('utf8'));
  }

  async #key(salt: Buffer): Promise<Buffer> {
    const { password, seed } = this.#account.secret;
    return promisify(scrypt)(`${password}\n${seed}`, salt, 32) as Promise<Buffer>;
  }
}
