import { CookieJar, type Cookie } from 'tough-cookie';

import { callSite, type Call } from '../../support/http.js';
import type { Network } from '../../support/network.js';
import { readHtml, type Form, type Html } from './forms.js';
import { challenged, ledAway, lockedOut, outOfOrder } from './obstacle.js';

/** Where the browser has landed. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  /** Whether it was led there from the address that it had asked for. */
  readonly led: boolean;
  readonly html: Html;
}

const mostRedirects = 10;

/** A browser without scripts that holds the cookies of one site and never leaves it. */
export class Browser {
  readonly #network: Network;
  readonly #site: URL;
  readonly #jar = new CookieJar();
  readonly #now: () => number;
  readonly #set = new Map<string, number>();

  /** The site is the address of its root; the clock is in milliseconds. */
  constructor(network: Network, site: string, now: () => number) {
    this.#network = network;
    this.#site = new URL(site);
    this.#now = now;
  }

  /** Opens a page by its path; what is no page of the site is an Obstacle. */
  async open(path: string): Promise<Page> {
    return this.#follow(new URL(path, this.#site), { headers: {} });
  }

  /** Sends a form of a page with all of its inputs, of which these have other values. */
  async submit({ url }: Page, form: Form, values: Readonly<Record<string, string>>): Promise<Page> {
    const body = new URLSearchParams([...new Map([...form.fields, ...Object.entries(values)])]).toString();
    return this.#follow(new URL(form.action ?? url, url), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: url.origin,
        referer: url.href,
      },
      body,
    });
  }

  /** A cookie that would be sent to a path. */
  async cookie(path: string, name: string): Promise<Cookie | undefined> {
    const cookies = await this.#jar.getCookies(new URL(path, this.#site).href);
    return cookies.find(({ key }) => key === name);
  }

  /** When the site last set a cookie, in milliseconds. */
  setAt(name: string): number | undefined {
    return this.#set.get(name);
  }

  /** Takes a cookie of an earlier browser over. */
  async keep(path: string, cookie: Cookie): Promise<void> {
    await this.#jar.setCookie(cookie, new URL(path, this.#site).href, { ignoreError: true });
  }

  async #follow(from: URL, first: Call): Promise<Page> {
    let [url, call] = [from, first];
    for (let redirects = 0; ; redirects++) {
      const { status, headers, text } = await this.#request(url, call);
      const next = status >= 300 && status < 400 ? headers.get('location') : null;
      if (next === null || redirects === mostRedirects)
        return known({ url, status, led: redirects > 0, html: readHtml(text) }, headers);
      const to = new URL(next, url.href);
      if (to.origin !== this.#site.origin) throw ledAway(url, to);
      url = to;
      if (![307, 308].includes(status)) call = { headers: {} };
    }
  }

  async #request(url: URL, call: Call) {
    const cookies = await this.#jar.getCookieString(url.href);
    const headers = { ...call.headers, ...(cookies === '' ? {} : { cookie: cookies }) };
    const answer = await callSite(this.#network, url.href, { ...call, headers });
    for (const cookie of answer.headers.getSetCookie()) {
      const kept = await this.#jar.setCookie(cookie, url.href, { ignoreError: true });
      if (kept !== undefined) this.#set.set(kept.key, this.#now());
    }
    return answer;
  }
}

/** The page, unless it is one that stands in the way of every other one. */
function known(page: Page, headers: Pick<Headers, 'get'>): Page {
  const { title, text, forms } = page.html;
  const isChallenge =
    headers.get('cf-mitigated') === 'challenge' ||
    (forms.length === 0 &&
      (/^(Client Challenge|Just a moment)/.test(title) ||
        /JavaScript is disabled in your browser/.test(text)));
  if (isChallenge) throw challenged(page);
  if (page.status === 429) throw lockedOut(page, headers.get('retry-after') ?? undefined);
  if (page.status >= 500) throw outOfOrder(page);
  return page;
}
