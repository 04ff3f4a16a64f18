import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { readHtml, type Form, type Html } from '../../../src/activities/yank/web/forms.js';
import { totpCode } from '../../../src/activities/yank/web/totp.js';
import type { Account } from '../../../rehearsal/index/contract.js';

/** What the site answered to one request. */
export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly html: Html;
  /** Path and query of where it leads. */
  readonly to: string | undefined;
}

/** Somebody with a browser in front of the site, who follows no redirect unasked. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #site: string;
  readonly #from: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(site: string, from = '127.0.0.1', headers: Readonly<Record<string, string>> = {}) {
    this.#site = site;
    this.#from = from;
    this.#headers = headers;
  }

  open(path: string): Promise<Seen> {
    return this.#request('GET', path, '', {});
  }

  post(
    path: string,
    fields: Readonly<Record<string, string>> | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Seen> {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    return this.#request('POST', path, body, headers);
  }

  /** Sends a form of a page. */
  send(form: Form | undefined, fields: Readonly<Record<string, string>>): Promise<Seen> {
    if (form?.action === undefined) throw new Error('There is no such form.');
    return this.post(form.action, { ...Object.fromEntries(form.fields), ...fields });
  }

  /** Gives user and password. */
  async giveName({ user, password }: Account, path = '/account/login/'): Promise<Seen> {
    const { html } = await this.open(path);
    return this.send(html.forms[0], { username: user, password });
  }

  /** Gives user, password and the code of that time, in milliseconds. */
  async logIn(account: Account, at: number, path?: string): Promise<Seen> {
    const { to = '' } = await this.giveName(account, path);
    const { html } = await this.open(to);
    return this.send(html.forms[0], { totp_value: totpCode(account.seed ?? '', at) });
  }

  async #request(method: string, path: string, body: string, more: Readonly<Record<string, string>>) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...this.#headers,
      ...(cookie === '' ? {} : { cookie }),
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...more,
    };
    const sent = request(new URL(path, this.#site), { method, headers, localAddress: this.#from }).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    for (const set of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      this.cookies.set(name, value);
    }
    return seen(answer, await text(answer));
  }
}

function seen({ statusCode = 0, headers }: IncomingMessage, html: string): Seen {
  const to = headers.location === undefined ? undefined : new URL(headers.location);
  return { status: statusCode, headers, html: readHtml(html), to: to && to.pathname + to.search };
}
