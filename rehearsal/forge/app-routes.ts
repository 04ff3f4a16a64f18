import type { Asking } from './asking.js';
import { appDocument, userDocument, type Document } from './documents.js';
import { json, notFound, Refusal, type Reply } from './http.js';
import { permissionIn, type KnownAccount, type Site } from './site.js';

/** Answers what an app asks with its key, or undefined where the path is none of an app's own. */
export function answerApp(site: Site, asking: Asking, method: string, path: string): Reply | undefined {
  const route = routes.find((it) => it.method === method && it.path.test(path));
  if (route === undefined) return undefined;
  if (asking.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
  const app = site.appTokens.appOf(asking.webToken, site.accounts);
  return route.answer(site, app, route.path.exec(path)?.[1] ?? '');
}

interface AppRoute {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** With what the path's group matched. */
  readonly answer: (site: Site, app: KnownAccount, part: string) => Reply;
}

const routes: readonly AppRoute[] = [
  { method: 'GET', path: /^\/app$/, answer: (site, { login }) => json(200, appDocument(site, login)) },
  { method: 'GET', path: /^\/repos\/([^/]+\/[^/]+)\/installation$/, answer: getInstallation },
  { method: 'POST', path: /^\/app\/installations\/(\d+)\/access_tokens$/, answer: issueToken },
];

function getInstallation(site: Site, account: KnownAccount, fullName: string): Reply {
  const repository = site.repositories.get(fullName.toLowerCase());
  if (repository === undefined || permissionIn(repository, account.login) === 'none') throw notFound();
  return json(200, installationDocument(site, account, repository.owner));
}

function issueToken(site: Site, { login, app }: KnownAccount, installation: string): Reply {
  if (installation !== String(app?.installation)) throw notFound();
  const { token, endsAt } = site.appTokens.issue(login);
  return json(201, { token, expires_at: endsAt, permissions, repository_selection: 'selected' });
}

const permissions = { checks: 'write', contents: 'write', metadata: 'read', pull_requests: 'write' };

/** `installation` */
function installationDocument(site: Site, { login, app }: KnownAccount, owner: string): Document {
  const id = app?.installation;
  const made = '2011-01-26T19:01:12Z';
  return {
    id,
    account: userDocument(site, owner),
    repository_selection: 'selected',
    access_tokens_url: `${site.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${site.apiUrl}/installation/repositories`,
    html_url: `${site.url}/settings/installations/${id}`,
    app_id: app?.id,
    app_slug: login.replace(/\[bot\]$/, ''),
    target_id: 1,
    target_type: 'User',
    permissions,
    events: [],
    created_at: made,
    updated_at: made,
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}
