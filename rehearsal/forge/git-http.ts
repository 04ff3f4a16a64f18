import { execa } from 'execa';
import type { Asking } from './asking.js';
import { gitEnvironment } from './git.js';
import { Refusal, type Exchange, type Reply } from './http.js';
import { afterPush, commandsOf, pushEnvironment } from './pushing.js';
import { allows, permissionIn, type KnownAccount, type Repository, type Site } from './site.js';

/** A path of git's own protocol: its repository and the service that is asked for. */
export interface GitRequest {
  readonly repository: string;
  readonly service: string;
}

/** What a path of git's protocol over HTTP asks, or undefined where it is none. */
export function gitRequest(path: string): GitRequest | undefined {
  const found = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(path);
  const [, repository, service] = found ?? [];
  return repository === undefined || service === undefined ? undefined : { repository, service };
}

/** Answers git through its own program, after what GitHub checks first. */
export async function answerGit(
  site: Site,
  exchange: Exchange,
  asking: Asking,
  { repository: name, service }: GitRequest,
): Promise<Reply> {
  const account = gitAccount(asking);
  const isPush = service === 'git-receive-pack' || exchange.query.get('service') === 'git-receive-pack';
  const repository = mayUse(site, account, name, isPush);
  if (service !== 'git-receive-pack' || account === undefined)
    return backend(repository, service, exchange, {});
  const commands = commandsOf(exchange.body);
  const permission = permissionIn(repository, account.login);
  const reply = await backend(
    repository,
    service,
    exchange,
    pushEnvironment({ site, repository, permission }, commands),
  );
  return afterPush(site, repository, account.login, exchange.request, commands, reply);
}

function mayUse(site: Site, account: KnownAccount | undefined, name: string, isPush: boolean): Repository {
  const repository = site.repositories.get(name.toLowerCase());
  const permission = repository === undefined ? 'none' : permissionIn(repository, account?.login);
  const isEnough = allows(permission, isPush ? 'write' : 'read');
  if (repository !== undefined && isEnough) return repository;
  if (account === undefined) throw credentialsWanted();
  if (permission === 'none') throw new Refusal(404, 'Repository not found.');
  throw new Refusal(403, `Permission to ${name}.git denied to ${account.login}.`);
}

function gitAccount(asking: Asking): KnownAccount | undefined {
  if (asking.kind === 'unknown' || asking.kind === 'app') throw credentialsWanted();
  return asking.kind === 'somebody' ? asking.account : undefined;
}

/** What git asks people for a password after. */
function credentialsWanted(): Refusal {
  return new Refusal(401, 'Invalid username or token.', {
    headers: { 'www-authenticate': 'Basic realm="GitHub"' },
  });
}

async function backend(
  repository: Repository,
  service: string,
  exchange: Exchange,
  env: Record<string, string>,
): Promise<Reply> {
  const { headers, method, query, body } = exchange;
  const { stdout } = await execa('git', ['http-backend'], {
    input: body,
    encoding: 'buffer',
    stripFinalNewline: false,
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: repository.git.folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${service}`,
      REQUEST_METHOD: method,
      QUERY_STRING: query.toString(),
      CONTENT_TYPE: headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
      ...env,
    },
  });
  return fromCgi(Buffer.from(stdout));
}

function fromCgi(output: Buffer): Reply {
  const end = output.indexOf('\r\n\r\n');
  const lines = output.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(/: (.*)/);
      return [name.toLowerCase(), value];
    }),
  );
  const { status = '200', ...others } = headers;
  return { status: Number.parseInt(status), headers: others, body: output.subarray(end + 4) };
}
