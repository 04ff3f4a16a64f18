import type { WebPages } from '../contract.js';
import { failure, type Exchange, type Reply } from '../http.js';
import type { Store } from '../store.js';
import { confirmLogin } from './confirm-login.js';
import { crossSiteProblem } from './cross-site.js';
import { login, twoFactor } from './login.js';
import { changeRelease, projectsPage, releasePage, releasesPage } from './manage.js';
import { page, paragraph } from './page.js';
import { People, owns, type Person } from './people.js';
import { passwordPage, reauthenticate } from './reauthenticate.js';
import { Sessions } from './sessions.js';
import { TimedTokens } from './timed-tokens.js';
import { cookie, seeOther, visitor, type OwnersDesk, type Visit } from './visit.js';

/** The pages of the site on which people log in and change what they own; what they remember ends with the process. */
export class OwnersPages {
  readonly #desk: OwnersDesk;

  constructor({ accounts, boxes = [] }: WebPages, store: Store) {
    const now = () => store.now();
    const tokens = new TimedTokens(now);
    const people = new People(accounts, now);
    this.#desk = { store, people, tokens, sessions: new Sessions(tokens, now), mails: [], boxes };
  }

  /** Every mail that went out, in their order. */
  get mails(): OwnersDesk['mails'] {
    return this.#desk.mails;
  }

  /** Answers a request of these pages; undefined for one of others. */
  answer(exchange: Exchange, body: string): Reply | undefined {
    const route = routes.find(({ path }) => path.test(exchange.path));
    if (route === undefined) return undefined;
    const visit = this.#visit(exchange, body);
    const parts = route.path.exec(exchange.path)?.slice(1) ?? [];
    const reply = crossSite(visit) ?? doubled(visit) ?? route.answer(visit, parts);
    const session = this.#desk.sessions.save(visit.session);
    if (session !== undefined)
      visit.setCookies.push(cookie(visit, 'session_id', session, ['Path=/', 'HttpOnly', 'SameSite=lax']));
    return { ...reply, headers: { ...reply.headers, 'set-cookie': visit.setCookies } };
  }

  #visit(exchange: Exchange, body: string): Visit {
    const { headers, query } = exchange;
    const pairs = (headers.cookie ?? '').split('; ').map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    });
    const cookies = new Map(pairs);
    const [scheme, host] = [headers['x-forwarded-proto'] ?? 'http', headers['x-forwarded-host']];
    return {
      desk: this.#desk,
      exchange,
      session: this.#desk.sessions.open(cookies.get('session_id')),
      origin: `${String(scheme)}://${String(host ?? headers.host)}`,
      query: new URLSearchParams(query),
      form: new URLSearchParams(body),
      cookies,
      setCookies: [],
    };
  }
}

interface Route {
  readonly path: RegExp;
  readonly answer: (visit: Visit, parts: readonly string[]) => Reply;
}

const routes: readonly Route[] = [
  { path: /^\/account\/login\/$/, answer: login },
  { path: /^\/account\/two-factor\/$/, answer: twoFactor },
  { path: /^\/account\/confirm-login\/$/, answer: confirmLogin },
  { path: /^\/account\/reauthenticate\/$/, answer: reauthenticate },
  { path: /^\/_includes\/unauthed\/flash-messages\/$/, answer: flashMessages },
  { path: /^\/manage\/projects\/$/, answer: (visit) => asVisitor(visit, (it) => projectsPage(visit, it)) },
  { path: /^\/manage\/project\/([^/]+)\/releases\/$/, answer: releases },
  { path: /^\/manage\/project\/([^/]+)\/release\/([^/]+)\/$/, answer: release },
];

function crossSite(visit: Visit): Reply | undefined {
  const problem = visit.exchange.method === 'POST' ? crossSiteProblem(visit) : undefined;
  return problem === undefined ? undefined : failure(400, problem);
}

function doubled({ form }: Visit): Reply | undefined {
  const names = [...form.keys()];
  return new Set(names).size === names.length ? undefined : failure(400, 'Bad Request');
}

function flashMessages({ session }: Visit): Reply {
  return page('Messages', session.takeFlashes().map(paragraph));
}

function releases(visit: Visit, [name = '']: readonly string[]): Reply {
  const project = visit.desk.store.state.project(name);
  if (project === undefined) return notFound;
  if (visit.exchange.method !== 'GET') return failure(405, 'Method Not Allowed');
  return asOwner(visit, project.name, () =>
    visit.session.needsReauthentication()
      ? passwordPage(visit, { name: 'manage.project.releases', project: name })
      : releasesPage(visit, project),
  );
}

function release(visit: Visit, [name = '', version = '']: readonly string[]): Reply {
  const { state } = visit.desk.store;
  const [project, found] = [state.project(name), state.release(name, version)];
  const action = actionOf(visit);
  if (project === undefined || found === undefined || action === undefined) return notFound;
  return asOwner(visit, project.name, () => {
    if (visit.session.needsReauthentication())
      return passwordPage(visit, { name: 'manage.project.release', project: name, version });
    return action === 'show'
      ? releasePage(visit, project, found)
      : changeRelease(visit, action, project, found);
  });
}

function actionOf({ exchange, form }: Visit): 'show' | 'yank' | 'unyank' | undefined {
  if (exchange.method === 'GET') return 'show';
  return (['yank', 'unyank'] as const).find((action) => form.has(`confirm_${action}_version`));
}

const notFound = failure(404, 'Not Found');

function asVisitor(visit: Visit, show: (person: Person) => Reply): Reply {
  const person = visitor(visit);
  const { path, query } = visit.exchange;
  const next = encodeURIComponent(query === '' ? path : `${path}?${query}`);
  return person === undefined ? seeOther(visit, `/account/login/?next=${next}`) : show(person);
}

function asOwner(visit: Visit, project: string, show: () => Reply): Reply {
  return asVisitor(visit, (person) => (owns(person, project) ? show() : failure(403, 'Forbidden')));
}
