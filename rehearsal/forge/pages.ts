import { escapeHtml } from '../serving/html.js';
import type { CheckRunFields } from './changes.js';
import { latestRuns, latestStatuses } from './demands.js';
import { notFound, type Exchange, type Reply } from './http.js';
import { tagInPath } from './release-documents.js';
import { permissionIn, type Repository, type Site } from './site.js';
import type { Issue, Pull, Release } from './state.js';

const style = `body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f6f8fa; padding: .8rem; border-radius: 6px }
code { overflow-wrap: anywhere } li { margin: .3rem 0 } .by { color: #57606a }`;

/** A page for people's eyes: what the API says of a repository, a pull request, a check or a release, and nothing to press. */
export function answerPage(site: Site, { method, path }: Pick<Exchange, 'method' | 'path'>): Reply {
  const [owner = '', name = '', kind, ...rest] = path.split('/').slice(1);
  const repository = site.repositories.get(`${owner}/${name}`.toLowerCase());
  if (method !== 'GET' || repository === undefined || permissionIn(repository, undefined) === 'none')
    return notFound().reply;
  const body = contentOf(repository, kind, rest);
  if (body === undefined) return notFound().reply;
  const { fullName } = repository;
  const home = `<p><a href="/${fullName}">${escapeHtml(fullName)}</a> on the forge stand-in</p>`;
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(fullName)}</title><style>${style}</style></head>\n<body>\n${[home, ...body].join('\n')}\n</body></html>\n`,
  };
}

function contentOf(
  repository: Repository,
  kind: string | undefined,
  rest: readonly string[],
): string[] | undefined {
  const { state, fullName } = repository;
  const number = Number(rest[0]);
  if (kind === undefined) return overview(repository);
  if (kind === 'pull') return given(state.pulls.get(number), (pull) => pullContent(repository, pull));
  if (kind === 'issues') return given(state.issues.get(number), issueContent);
  if (kind === 'runs') return given(state.checkRuns.get(number), runContent);
  if (kind !== 'releases' || rest[0] !== 'tag') return undefined;
  const inPath = rest.slice(1).join('/');
  const release = [...state.releases.values()].find((it) => tagInPath(it) === inPath);
  return given(release, (it) => releaseContent(fullName, it));
}

function given<T>(thing: T | undefined, page: (thing: T) => string[]): string[] | undefined {
  return thing === undefined ? undefined : page(thing);
}

function overview({ state, fullName }: Repository): string[] {
  const pulls = [...state.pulls.values()].map(
    (pull) => `<a href="/${fullName}/pull/${pull.number}">#${pull.number}</a> ${titleOf(pull)}`,
  );
  const releases = [...state.releases.values()].map(
    (release) =>
      `<a href="/${fullName}/releases/tag/${tagInPath(release)}">${nameOf(release)}</a>${release.draft ? ', a draft' : ''}`,
  );
  const issues = [...state.issues.values()].map(
    ({ number, title }) => `<a href="/${fullName}/issues/${number}">#${number}</a> ${escapeHtml(title)}`,
  );
  return [
    '<h1>Pull requests</h1>',
    list(pulls),
    '<h1>Issues</h1>',
    list(issues),
    '<h1>Releases</h1>',
    list(releases),
  ];
}

function titleOf({ title, state, merged }: Pull): string {
  return `${escapeHtml(title)} <span class="by">${merged === undefined ? state : 'merged'}</span>`;
}

function pullContent(repository: Repository, pull: Pull): string[] {
  const { state, fullName } = repository;
  const { head, base, merged, reviews } = pull;
  const branches = `${code(head.ref)} at ${code(head.sha)} into ${code(base.ref)}`;
  const runs = latestRuns(repository, head.sha).map(
    (run) => `<a href="/${fullName}/runs/${run.id}">${escapeHtml(run.name)}</a>: ${stateOf(run)}`,
  );
  const statuses = latestStatuses(repository, head.sha).map(
    ({ context, state: said, description }) => `${escapeHtml(context)}: ${said} ${text(description)}`,
  );
  const comments = [...state.comments.values()].filter(({ issue }) => issue === pull.number);
  return [
    `<h1>#${pull.number} ${titleOf(pull)}</h1>`,
    `<p>${branches}${merged === undefined ? '' : `, merged by ${escapeHtml(merged.by)} as ${code(merged.commit)}`}</p>`,
    said(pull.by, pull.createdAt, pull.body ?? ''),
    '<h2>Reviews</h2>',
    list(
      reviews.map((review) => {
        const verdict = review.state.toLowerCase().replaceAll('_', ' ');
        return `${escapeHtml(review.by)}: ${verdict} ${code(review.commit)} ${text(review.body)}`;
      }),
    ),
    '<h2>Checks</h2>',
    list([...runs, ...statuses]),
    '<h2>Comments</h2>',
    ...comments.map(({ by, updatedAt, body }) => said(by, updatedAt, body)),
  ];
}

function issueContent({ number, title, by, createdAt, body }: Issue): string[] {
  return [`<h1>#${number} ${escapeHtml(title)}</h1>`, said(by, createdAt, body ?? '')];
}

function runContent({ name, sha, output, ...run }: CheckRunFields): string[] {
  const told = [output.title, output.summary, output.text].filter((it) => it !== null).join('\n\n');
  return [
    `<h1>${escapeHtml(name)}: ${stateOf(run)}</h1>`,
    `<p>${code(sha)}</p>`,
    said(run.by, run.completedAt ?? '', told),
  ];
}

function stateOf({ status, conclusion }: Pick<CheckRunFields, 'status' | 'conclusion'>): string {
  return (conclusion ?? status).replaceAll('_', ' ');
}

function releaseContent(fullName: string, release: Release): string[] {
  const { tag, draft, assets } = release;
  const files = assets.map(
    ({ name: file, size, sha256 }) => `${escapeHtml(file)}, ${size} bytes, ${code(`sha256:${sha256}`)}`,
  );
  return [
    `<h1>${nameOf(release)} <span class="by">${draft ? 'draft' : 'published'}</span></h1>`,
    `<p>${code(tag)} of ${escapeHtml(fullName)}</p>`,
    said(release.by, release.publishedAt ?? release.createdAt, release.body ?? ''),
    '<h2>Files</h2>',
    list(files),
  ];
}

function nameOf({ name, tag }: Release): string {
  return escapeHtml(name ?? tag);
}

function said(by: string, at: string, body: string): string {
  const linked = escapeHtml(body).replaceAll(/https?:\/\/[^\s<&)\]`]+/g, '<a href="$&">$&</a>');
  return `<p class="by">${escapeHtml(by)} ${escapeHtml(at)}</p>\n<pre>${linked}</pre>`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '<p>none</p>' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function code(value: string): string {
  return `<code>${escapeHtml(value)}</code>`;
}

function text(value: string | null): string {
  return value === null || value === '' ? '' : `<span class="by">${escapeHtml(value)}</span>`;
}
