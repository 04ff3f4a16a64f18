import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { TomlTable } from 'smol-toml';

import { startCi, type CiStandIn } from '../forge/ci.js';
import type { ForgeStandIn } from '../forge/contract.js';
import type { IdentityProvider } from '../forge/identity.js';
import { startRunner, type Runner } from '../forge/runner.js';
import { startForge } from '../forge/stand-in.js';
import { people } from './people.js';
import { moveTo, type Remote } from './repository.js';

/** The forge stand-in of a rehearsal: where the package's repository lives, and how its people act there. */
export interface RehearsedForge {
  /** The repository as people push to it. */
  readonly remote: Remote;
  /** Its address as the service knows it, and the service's settings for it. */
  readonly repository: string;
  readonly settings: TomlTable;
  readonly secrets: Readonly<Record<string, string>>;
  /** Has the workflows that somebody starts run there, and upload to an index that trusts them. */
  startRunner(identity: IdentityProvider, index: string): Promise<void>;
  /** Approves the open pull request of a head as somebody. */
  approve(by: string, head: string): Promise<void>;
  close(): Promise<void>;
}

/** Who owns the repositories there. */
export const owner = 'rehearsal';
export const service = 'slipway';
const ci = 'ci-stand-in';
const check = 'stand-in CI / compiles';
const tokenOf = (login: string) => `stand-in-token-of-${login}`;

/** Starts the forge stand-in with a CI of its own, and moves the repository there. */
export async function openForge(
  folder: string,
  pythonTools: string,
  { package: name, repository: source }: { package: string; repository: string },
): Promise<RehearsedForge> {
  const fullName = `${owner}/${name}`;
  const standIn = await startForge({
    folder,
    accounts: [...people, service, ci].map((login) => ({ login, token: tokenOf(login) })),
    repositories: [{ owner, name, permissions }],
  });
  const remote = await moveTo(
    { folder: standIn.gitFolder(fullName), address: standIn.cloneUrl(fullName, people[0]) },
    source,
  );
  const checks = await startChecks(standIn, fullName, path.join(folder, 'ci'), pythonTools);
  let runner: Runner | undefined;
  return {
    remote,
    repository: standIn.cloneUrl(fullName),
    settings: { kind: 'github', api: standIn.apiUrl, token: 'FORGE_TOKEN', checks: [check], poll: 1 },
    secrets: { FORGE_TOKEN: tokenOf(service) },
    async startRunner(identity, index) {
      const place = path.join(folder, 'runner');
      await mkdir(place);
      const job = { repository: fullName, token: tokenOf(ci), pythonTools, folder: place };
      runner = startRunner({ forge: standIn, ...job, identity, index });
    },
    approve: (by, head) => approve(`${standIn.apiUrl}/repos/${fullName}`, by, head),
    async close() {
      await checks.close();
      await runner?.close();
      await standIn.close();
    },
  };
}

const permissions = Object.fromEntries(
  [...people, service, ci].map((login) => [login, login === people[0] ? 'admin' : 'write'] as const),
);

/** What a package's own CI would do, as far as it can be done for any package in a moment. */
async function startChecks(
  forge: ForgeStandIn,
  repository: string,
  folder: string,
  pythonTools: string,
): Promise<CiStandIn> {
  await mkdir(folder);
  const command = [path.join(pythonTools, 'python'), '-m', 'compileall', '-q', '.'] as const;
  return startCi({
    forge,
    repository,
    login: ci,
    token: tokenOf(ci),
    folder,
    checks: [{ name: check, command, as: 'status' }],
  });
}

async function approve(api: string, by: string, head: string): Promise<void> {
  const headers = { authorization: `token ${tokenOf(by)}`, 'content-type': 'application/json' };
  const listed = await fetch(`${api}/pulls?state=open`, { headers });
  const pulls = (await listed.json()) as { number: number; head: { sha: string } }[];
  const pull = pulls.find((candidate) => candidate.head.sha === head);
  if (pull === undefined) throw new Error(`no open pull request has the head ${head}`);
  const answer = await fetch(`${api}/pulls/${String(pull.number)}/reviews`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ event: 'APPROVE', commit_id: head, body: 'looked through in the rehearsal' }),
  });
  if (!answer.ok) throw new Error(`the review was refused: ${await answer.text()}`);
}
