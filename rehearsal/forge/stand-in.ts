import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ForgeOptions, ForgeStandIn } from './contract.js';
import { AppTokens } from './app-tokens.js';
import { noFaults } from './faults.js';
import { BareRepository } from './git.js';
import { Limits } from './limits.js';
import { Mergeability } from './mergeability.js';
import { updateHook } from './pushing.js';
import { RequestHandler } from './server.js';
import { openRepository, type Repository, type Site } from './site.js';
import { Store } from './store.js';

/** Starts a stand-in of GitHub on loopback; rejects when its port is taken. */
export async function startForge(options: ForgeOptions): Promise<ForgeStandIn> {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const stopping = new AbortController();
  const site = await openSite(options, server);
  const faults = noFaults();
  const limits = new Limits(options.rateLimit ?? 5000, () => site.store.now());
  const handler = new RequestHandler({ site, faults, limits, signal: stopping.signal });
  const underWay = new Set<Promise<void>>();
  server.on('request', (request, response) => {
    const handled = handler.handle(request, response).finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  const close = async () => {
    stopping.abort();
    server.close();
    server.closeAllConnections();
    await Promise.all(underWay);
    site.store.journal.close();
  };
  let closed: Promise<void> | undefined;
  return {
    url: site.url,
    apiUrl: site.apiUrl,
    uploadsUrl: site.uploadsUrl,
    cloneUrl: (repository, login) => cloneUrl(site, repository, login),
    gitFolder: (repository) => known(site, repository).git.folder,
    configure: (repository, settings) =>
      site.store.commit(known(site, repository).fullName, { type: 'settings-changed', settings }, null),
    misbehave: (rule) => faults.add(rule),
    behave: () => faults.clear(),
    journal: () => site.store.journal.entries,
    reportRun: (repository, workflowRun) =>
      site.store.commit(repository, { type: 'workflow-run-updated', workflowRun }, null),
    onEntry: (listener) => site.store.listen(listener),
    close: () => (closed ??= close()),
  };
}

/** The folder is opened when the port is ours, so that a second start cannot disturb the first. */
async function openSite(options: ForgeOptions, server: Server): Promise<Site> {
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { folder, now = () => new Date(), apiPath = '/api/v3' } = options;
    const store = new Store(folder, now);
    return {
      url,
      apiUrl: `${url}${apiPath}`,
      uploadsUrl: `${url}/api/uploads`,
      store,
      appTokens: new AppTokens(now),
      accounts: options.accounts.map((account, index) => ({ ...account, id: index + 1 })),
      repositories: await openRepositories(options, store),
      mergeability: new Mergeability(),
      mergeabilityDelay: options.mergeabilityDelay ?? 300,
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

async function openRepositories(
  { repositories }: ForgeOptions,
  store: Store,
): Promise<Map<string, Repository>> {
  const opened = new Map<string, Repository>();
  for (const [index, options] of repositories.entries()) {
    const fullName = `${options.owner}/${options.name}`;
    const git = new BareRepository(store.gitFolder(fullName));
    const repository = openRepository(options, { id: index + 1, git, state: store.state(fullName) });
    await git.ensure(repository.defaultBranch, updateHook);
    opened.set(fullName.toLowerCase(), repository);
  }
  return opened;
}

function known(site: Site, fullName: string): Repository {
  const repository = site.repositories.get(fullName.toLowerCase());
  if (repository === undefined) throw new Error(`This forge has no repository ${fullName}.`);
  return repository;
}

function cloneUrl(site: Site, fullName: string, login: string | undefined): string {
  const url = new URL(`${site.url}/${known(site, fullName).fullName}.git`);
  if (login === undefined) return url.href;
  const account = site.accounts.find((it) => it.login === login);
  if (account === undefined) throw new Error(`This forge has no account ${login}.`);
  url.username = account.login;
  url.password = account.token ?? site.appTokens.issue(account.login).token;
  return url.href;
}
