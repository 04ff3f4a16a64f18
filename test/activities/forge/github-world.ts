import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished } from 'vitest';

import type { ForgeStandIn, RepositorySettings } from '../../../rehearsal/forge/contract.js';
import { startForge } from '../../../rehearsal/forge/stand-in.js';
import { forges } from '../../../src/activities/forge/forges.js';
import { assertGitHubShape } from '../../github-api/shape.js';
import { makeForgeWorld } from '../git-world.js';
import type { Demands, ReviewingWorld, ShownPage, ShownPull } from './forge-world.js';
import { openRelay, type Exchange } from './lossy-relay.js';

/** A world whose repository lives on the GitHub-compatible stand-in; the service acts as an app there. */
export interface GithubWorld extends ReviewingWorld {
  readonly standIn: ForgeStandIn;
  /** Calls the API as somebody. */
  as(login: string, method: string, route: string, body?: object): Promise<unknown>;
}

const tokenOf = (login: string) => `token-of-${login}`;

/**
 * Starts it with main and a release branch; it is gone when the test is over. What the service and it say to each other has
 * to be as GitHub describes it.
 */
export async function makeGithubWorld(
  demands: Demands = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<GithubWorld> {
  const standIn = await startStandIn();
  const repository = standIn.cloneUrl('o/demo');
  const problems: string[] = [];
  onTestFinished(() => expect(problems).toEqual([]));
  const relay = await openRelay(standIn.url, (exchange) => problems.push(...problemsOf(exchange)));
  onTestFinished(() => relay.close());
  const api = standIn.apiUrl.replace(standIn.url, relay.url);
  const world = await makeForgeWorld(
    { repository, remote: standIn.gitFolder('o/demo'), pushTo: standIn.cloneUrl('o/demo', 'ada') },
    { kind: 'github', api, token: 'FORGE_TOKEN', poll: 1, checks: demands.wanted ?? [] },
    { FORGE_TOKEN: tokenOf('slipway') },
    settings,
  );
  standIn.configure('o/demo', settingsFor(demands));
  const as: GithubWorld['as'] = async (login, method, route, body) => {
    const response = await fetch(`${standIn.apiUrl}/repos/o/demo${route}`, {
      method,
      headers: { authorization: `token ${tokenOf(login)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${route}: ${String(response.status)} ${await response.text()}`);
    return response.json();
  };
  return {
    world,
    standIn,
    as,
    forge: forges(world.bench)(repository),
    ...peopleOf(as),
    ...faultsOf(standIn),
  };
}

/** In what a request or its answer is not as GitHub's own description has it. */
function problemsOf({ method, url, body, status, answer }: Exchange): string[] {
  const valueOf = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));
  try {
    assertGitHubShape({ method, url, body: valueOf(body) }, { status, data: valueOf(answer) });
    return [];
  } catch (error) {
    return [String(error)];
  }
}

async function startStandIn(): Promise<ForgeStandIn> {
  const folder = await mkdtemp(path.join(tmpdir(), 'github-world-'));
  const people = ['ada', 'grace', 'linus'].map((login) => ({ login, token: tokenOf(login) }));
  // It has a token that never ends, so nobody asks for its key.
  const app = { id: 1, installation: 1, publicKey: '' };
  const permissions = { ada: 'admin', grace: 'write', linus: 'write', slipway: 'write' } as const;
  const standIn = await startForge({
    folder,
    mergeabilityDelay: 0,
    accounts: [...people, { login: 'slipway', token: tokenOf('slipway'), app }],
    repositories: [{ owner: 'o', name: 'demo', permissions }],
  });
  onTestFinished(async () => {
    await standIn.close();
    await rm(folder, { recursive: true, force: true });
  });
  return standIn;
}

function settingsFor({ approvals, checks, methods }: Demands): Partial<RepositorySettings> {
  const protection = {
    ...(approvals === undefined ? {} : { requiredApprovals: approvals }),
    ...(checks === undefined ? {} : { requiredChecks: checks }),
  };
  return {
    ...(methods === undefined ? {} : { mergeMethods: methods }),
    ...(Object.keys(protection).length === 0 ? {} : { protection: { main: protection } }),
  };
}

function peopleOf(as: GithubWorld['as']) {
  return {
    async review(by, { id, head }, said, reason) {
      const event = said === 'approve' ? 'APPROVE' : 'REQUEST_CHANGES';
      await as(by, 'POST', `/pulls/${id}/reviews`, { event, body: reason ?? '', commit_id: head });
    },
    async dismiss({ id }, review) {
      await as('ada', 'PUT', `/pulls/${id}/reviews/${review}/dismissals`, { message: 'a mistake' });
    },
    async report(head, context, state) {
      await as('grace', 'POST', `/statuses/${head}`, { state, context });
    },
    async openIssue(by, title, body) {
      return ((await as(by, 'POST', '/issues', { title, body })) as { number: number }).number;
    },
    async comment(by, number, body) {
      await as(by, 'POST', `/issues/${String(number)}/comments`, { body });
    },
    async mergeByHand(id, method) {
      await as('ada', 'PUT', `/pulls/${id}/merge`, { merge_method: method });
    },
    listPulls: () => as('ada', 'GET', '/pulls?state=all') as Promise<ShownPull[]>,
    listComments: (id) => as('ada', 'GET', `/issues/${id}/comments`) as Promise<{ body: string }[]>,
    listPages: () => as('ada', 'GET', '/releases') as Promise<ShownPage[]>,
  } satisfies Partial<ReviewingWorld>;
}

function faultsOf(standIn: ForgeStandIn) {
  const mergeAnswer = { method: 'PUT', path: /\/merge$/ };
  return {
    loseMerge: async () => standIn.misbehave({ ...mergeAnswer, fault: { kind: 'commit-then-drop' } }),
    halveMerge: async () => standIn.misbehave({ ...mergeAnswer, fault: { kind: 'half-merge' } }),
    loseAnswer: (path) => standIn.misbehave({ method: 'POST', path, fault: { kind: 'commit-then-drop' } }),
  } satisfies Partial<ReviewingWorld>;
}
