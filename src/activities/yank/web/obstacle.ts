import type { Page } from './browser.js';

/** What keeps the service from doing what an owner does in a browser, and what a person can do about it. */
export class Obstacle extends Error {
  readonly toDo: readonly string[];

  constructor(what: string, ...toDo: readonly string[]) {
    super(what);
    this.toDo = toDo;
  }
}

/** The site itself is out of order: of the owner's login and rights that tells nothing. */
export class Outage extends Obstacle {}

/** The site does not take the account as it is: to try again would only lock its owner out. */
export class Refused extends Obstacle {}

/** Whose login it is, for the sentences that people read. */
export interface Who {
  readonly user: string;
  /** The names of the secrets. */
  readonly password: string;
  readonly seed: string;
}

/** A page of a CDN that wants a browser with scripts and a human being. */
export function challenged({ url }: Page): Obstacle {
  return new Obstacle(
    `${url.host} answers with a challenge page, which only a browser passes`,
    `${url.host} takes the service for a robot for now: yank in a browser.`,
  );
}

/** Too many attempts, of ours or of somebody else's. */
export function lockedOut({ url }: Page, pause?: string): Obstacle {
  const until = pause === undefined ? '' : ` for ${pause} s`;
  return new Obstacle(
    `${url.host} lets no login in${until} after too many wrong ones`,
    `Find out who tries to log in with wrong passwords or codes; ${url.host} lets nobody do so from here${until}.`,
  );
}

/** The site is out of order. */
export function outOfOrder({ url, status }: Page): Outage {
  return new Outage(
    `${url.host}${url.pathname} answers ${status}`,
    `${url.host} is out of order: look at its status page.`,
  );
}

/** The browser goes nowhere else, whoever asks it to. */
export function ledAway(from: URL, to: URL): Obstacle {
  return new Obstacle(
    `${from.host}${from.pathname} leads away, to ${to.host}`,
    `${from.origin}${from.pathname} leads to another site, where the service does not go: yank in a browser.`,
  );
}

/** The site has no such account. */
export function wrongUser({ user }: Who, { url }: Page): Refused {
  return new Refused(
    `${url.host} knows no user ${user}`,
    `Write the name of an owner's account into [yank.web] user (${url.origin}/account/login/ has to take it), and restart the worker.`,
  );
}

/** The site refuses the password, at the login or when it asks again. */
export function wrongPassword({ user, password }: Who, { url, html }: Page): Refused {
  return new Refused(
    `${url.host} does not take the password of ${user}${saying(html.errors)}`,
    `Put the secret ${password} right (${url.origin}/account/login/ has to take it as ${user}'s password), and restart the worker.`,
  );
}

/** The site refuses this code and the next one. */
export function wrongCode({ user, seed }: Who, { url, html }: Page): Refused {
  return new Refused(
    `${url.host} does not take the codes made from the seed of ${user}${saying(html.errors)}`,
    `Put the secret ${seed} right, and the clock of this machine; the seed is shown when the application is added at ${url.origin}/manage/account/#two-factor. Then restart the worker.`,
  );
}

/** There is no form for a code, because only a security device is asked for. */
export function passkeyOnly({ user }: Who, { url }: Page): Refused {
  return new Refused(
    `the account ${user} on ${url.host} has no authentication application, only security devices`,
    `${user} logs in with a security device only: yank in a browser. For the next time add an authentication application at ${url.origin}/manage/account/#two-factor.`,
  );
}

/** The address has to be confirmed by a mail first. */
export function unconfirmed({ user }: Who, { url }: Page): Obstacle {
  return new Obstacle(
    `${url.host} does not know this machine's address yet and has sent ${user} a mail`,
    `Open the link in the mail "Unrecognized login …" to ${user} from this machine's own address, with curl on it for one: from any other address ${url.host} refuses it. From then on the service can log in: send \`yank\` again.`,
  );
}

/** The account is let in, and not to this project. */
export function notAnOwner({ user }: Who, project: string, { url }: Page): Obstacle {
  return new Obstacle(
    `${user} may not change ${project} on ${url.host}: it is no owner of it, or the project is in quarantine`,
    `Have an owner of ${project} make ${user} an owner at ${url.origin}/manage/project/${project}/collaboration/.`,
  );
}

/** Nobody but the site's administrators can change the release. */
export function quarantined(release: string, { url }: Page): Obstacle {
  return new Obstacle(
    `${release} is in quarantine on ${url.host}, where nobody can install it and its owners cannot change it`,
    `Ask the administrators of ${url.host} about the quarantine of ${release} (${url.href}): until it ends ${release} can be neither installed nor yanked.`,
  );
}

/** The site has no such page. */
export function notThere(what: string, { url }: Page): Obstacle {
  return new Obstacle(
    `${url.host} has no page of ${what}`,
    `Look at ${url.origin}${url.pathname} for ${what}: what was never uploaded has no owner yet.`,
  );
}

/** Nobody owns a project before its first file is there. */
export function neverUploaded(project: string, { url }: Page): Obstacle {
  return new Obstacle(
    `${url.host} has no project ${project}: what was never uploaded has no owner yet`,
    `Have a person on watch for the first release of ${project}: before its first file is on ${url.host} nobody owns it, and no login can be tried on it.`,
  );
}

/** Anything else. Its query is left out, because tokens stand there. */
export function unknownPage({ url, status, html }: Page): Obstacle {
  const title = html.title === '' ? '' : ` ("${clean(html.title)}")`;
  return new Obstacle(
    `${url.host}${url.pathname} answers ${status} with a page that the service does not know${title}${saying(html.errors)}`,
    `${url.origin}${url.pathname} has changed: yank in a browser.`,
  );
}

/** The site's own words. */
function saying(errors: readonly string[]): string {
  const said = errors.filter((error) => error !== '').join(' ');
  return said === '' ? '' : `: "${clean(said)}"`;
}

function clean(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 200);
}
