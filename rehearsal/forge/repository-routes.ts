import { branchProtection, branchRules, protectionSummary } from './protection-documents.js';
import { theCommit } from './check-routes.js';
import { paged, type RepositoryContext, type RepositoryRoute } from './context.js';
import { isRuleset, protectionOf } from './demands.js';
import { apiOf, commitDocument, pageOf, userDocument, type Document } from './documents.js';
import { repositoryDocument } from './repository-documents.js';
import { json, notFound, Refusal, type Reply } from './http.js';
import { accountOf, permissionIn } from './site.js';

/** A repository itself, its branches and who may do what. */
export const repositoryRoutes: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: /^$/,
    answer: ({ site, repository, permission }) => json(200, repositoryDocument(site, repository, permission)),
  },
  { method: 'GET', path: /^\/branches$/, answer: listBranches },
  { method: 'GET', path: /^\/branches\/(.+)\/protection$/, needs: 'admin', answer: getProtection },
  { method: 'GET', path: /^\/branches\/(.+)$/, answer: getBranch },
  {
    method: 'GET',
    path: /^\/rules\/branches\/(.+)$/,
    answer: (context) => paged(context, branchRules(context.repository, context.parts[0] ?? '')),
  },
  { method: 'GET', path: /^\/collaborators\/([^/]+)\/permission$/, needs: 'write', answer: getPermission },
  {
    method: 'GET',
    path: /^\/commits\/([^/]+)$/,
    async answer(context) {
      const { site, repository } = context;
      const facts = await repository.git.commitFacts(await theCommit(context));
      return json(200, commitDocument(site, repository, facts));
    },
  },
];

async function listBranches(context: RepositoryContext): Promise<Reply> {
  const { site, repository, exchange } = context;
  const wanted = exchange.query.get('protected');
  const branches = (await repository.git.refs('refs/heads')).map(({ ref, sha }) => ({
    name: ref.slice('refs/heads/'.length),
    sha,
  }));
  const found = branches
    .map(({ name, sha }) => ({ name, sha, protected: protectionOf(repository, name) !== undefined }))
    .filter((branch) => wanted === null || String(branch.protected) === wanted);
  return paged(context, found, (page) =>
    page.map(({ sha, ...branch }): Document => {
      return { ...branch, commit: { sha, url: `${apiOf(site, repository)}/commits/${sha}` } };
    }),
  );
}

async function getBranch(context: RepositoryContext): Promise<Reply> {
  const { site, repository, parts } = context;
  const [name = ''] = parts;
  const sha = await repository.git.commitOf(`refs/heads/${name}`);
  if (sha === undefined) throw new Refusal(404, 'Branch not found');
  const self = `${apiOf(site, repository)}/branches/${encodeURIComponent(name)}`;
  const protection = protectionOf(repository, name);
  return json(200, {
    name,
    commit: commitDocument(site, repository, await repository.git.commitFacts(sha)),
    _links: { self, html: `${pageOf(site, repository)}/tree/${name}` },
    protected: protection !== undefined,
    protection: protectionSummary(protection),
    protection_url: `${self}/protection`,
  });
}

function getProtection({ site, repository, parts: [name = ''] }: RepositoryContext): Reply {
  const protection = protectionOf(repository, name);
  if (protection === undefined || isRuleset(protection)) throw new Refusal(404, 'Branch not protected');
  const url = `${apiOf(site, repository)}/branches/${encodeURIComponent(name)}/protection`;
  return json(200, branchProtection(url, protection));
}

function getPermission({ site, repository, parts: [login = ''] }: RepositoryContext): Reply {
  if (accountOf(site, login).id === 0) throw notFound();
  const permission = permissionIn(repository, login);
  const user = { ...userDocument(site, login), role_name: permission };
  return json(200, { permission, role_name: permission, user });
}
