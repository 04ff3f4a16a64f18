import type { Subject } from '../../../contract/activities.js';
import { sameVersion } from '../../support/project-page.js';
import type { Browser, Page } from './browser.js';
import type { Form } from './forms.js';
import { formWith, logIn, loginPath, type Account } from './login.js';
import { notAnOwner, notThere, quarantined, unknownPage, wrongPassword } from './obstacle.js';

/** An owner in front of the site. */
export interface Owner {
  readonly browser: Browser;
  readonly account: Account;
  /** In milliseconds. */
  readonly now: () => number;
}

const mostSends = 3;

/** The site's session ends so long after its cookie was last set, in milliseconds. */
const sessionMilliseconds = 12 * 3600 * 1000;

/** When the owner's session ends by itself, ISO 8601. */
export function sessionEnd({ browser, now }: Owner): string {
  return new Date((browser.setAt('session_id') ?? now()) + sessionMilliseconds).toISOString();
}

/** The page of all releases of a project. */
export function releasesPath(project: string): string {
  return `/manage/project/${encodeURIComponent(project)}/releases/`;
}

/** The page of one release. */
export function releasePath(subject: Subject): string {
  const [name, version] = [subject.package, subject.version].map(encodeURIComponent);
  return `/manage/project/${name}/release/${version}/`;
}

/** A page, and the form that was looked for there. */
interface FoundForm {
  readonly page: Page;
  readonly form: Form | undefined;
}

/** The form with which a release is yanked; undefined where its page has none, as that of a yanked release. */
export async function findYankForm(owner: Owner, subject: Subject): Promise<FoundForm> {
  const release = `${subject.package} ${subject.version}`;
  const page = await openOwned(owner, releasePath(subject), subject.package, (there) =>
    notThere(release, there),
  );
  const form = formWith(page, 'confirm_yank_version');
  if (form === undefined && /quarantine/i.test(page.html.text)) throw quarantined(release, page);
  return { page, form };
}

/** The form with which a yank is taken back, which stands on the page of all releases only. */
async function findUnYankForm(owner: Owner, subject: Subject): Promise<FoundForm> {
  const { package: name } = subject;
  const page = await openOwned(owner, releasesPath(name), name, (there) => notThere(name, there));
  const form = page.html.forms.find(
    ({ action, fields }) => fields.has('confirm_unyank_version') && isAbout(action, subject),
  );
  return { page, form };
}

/** Whether a form is sent to the page of a release, however that spells its version. */
function isAbout(action: string | undefined, { version }: Subject): boolean {
  const [, spelled] = /\/release\/([^/?#]+)\/$/.exec(action ?? '') ?? [];
  return spelled !== undefined && sameVersion(decodeURIComponent(spelled), version);
}

/**
 * Sends the form that yanks, if it is there. Where it leads is no proof: in read-only mode it leads where it should, and
 * nothing is yanked. `sending` is called before each sending, because one that is never answered may have been heard.
 */
export async function sendYank(
  owner: Owner,
  subject: Subject,
  reason: string,
  sending: () => void,
): Promise<boolean> {
  const values = { yanked_reason: reason, confirm_yank_version: subject.version };
  return sendFound(owner, subject, { find: findYankForm, values, sending });
}

/** Sends the form that takes a yank back, if it is there; as little a proof as the other. */
export async function sendUnYank(owner: Owner, subject: Subject, sending: () => void): Promise<boolean> {
  const values = { confirm_unyank_version: subject.version };
  return sendFound(owner, subject, { find: findUnYankForm, values, sending });
}

interface Sending {
  readonly find: (owner: Owner, subject: Subject) => Promise<FoundForm>;
  readonly values: Readonly<Record<string, string>>;
  readonly sending: () => void;
}

async function sendFound(
  owner: Owner,
  subject: Subject,
  { find, values, sending }: Sending,
): Promise<boolean> {
  for (let sends = 0; sends < mostSends; sends++) {
    const { page, form } = await find(owner, subject);
    if (form === undefined) return false;
    sending();
    const landed = await owner.browser.submit(page, form, values);
    if (/^\/manage\/project\/[^/]+\/releases\/$/.test(landed.url.pathname)) return true;
    // A page that wants a password stands in place of the answer, and what was sent to it did nothing.
    if (landed.url.pathname !== loginPath && passwordForm(landed) === undefined) throw unknownPage(landed);
  }
  throw unknownPage(await owner.browser.open(releasePath(subject)));
}

/** Opens a page that only an owner of the project sees; `absent` says what it means that there is none. */
export async function openOwned(
  owner: Owner,
  path: string,
  project: string,
  absent: (page: Page) => Error,
): Promise<Page> {
  const page = await openManaged(owner, path);
  if (page.status === 403) throw notAnOwner(owner.account, project, page);
  if (page.status === 404) throw absent(page);
  if (page.status !== 200 || page.url.pathname !== path) throw unknownPage(page);
  return page;
}

/** Opens a page, logging in and giving the password again where that is wanted, each once at most. */
async function openManaged({ browser, account, now }: Owner, path: string): Promise<Page> {
  let page = await browser.open(path);
  if (page.url.pathname === loginPath) {
    await logIn(browser, account, now);
    page = await browser.open(path);
  }
  const form = passwordForm(page);
  if (form === undefined) return page;
  page = await browser.submit(page, form, { password: account.secret.password });
  // A wrong password is answered like a right one, and then asked for again.
  if (passwordForm(page) !== undefined) throw wrongPassword(account, page);
  return page;
}

function passwordForm(page: Page): Form | undefined {
  return page.html.forms.find(({ action }) => action?.includes('/account/reauthenticate/'));
}
