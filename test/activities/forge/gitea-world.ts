import { rename, rm, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { expect, onTestFinished } from 'vitest';

import { forges } from '../../../src/activities/forge/forges.js';
import { makeForgeWorld } from '../git-world.js';
import type { Demands, ReviewingWorld, ShownPage, ShownPull } from './forge-world.js';
import { patience } from '../../setup/patience.js';
import type { GiteaServer } from './gitea-server.js';
import { openRelay, type LossyRelay } from './lossy-relay.js';

/** The people beside ada; `slipway` is the service. */
export const people = ['grace', 'linus', 'slipway'];

/** A world whose repository lives on a real Gitea; the service speaks to it through a relay that can lose answers. */
export interface GiteaWorld extends ReviewingWorld {
  readonly server: GiteaServer;
  /** Calls the API of the repository as somebody. */
  as(login: string, method: string, route: string, body?: object): Promise<unknown>;
}

let count = 0;

/** Makes a repository with main and a release branch; the relay is gone when the test is over. */
export async function makeGiteaWorld(server: GiteaServer, demands: Demands = {}): Promise<GiteaWorld> {
  const name = `demo-${String(++count)}`;
  const as: GiteaWorld['as'] = (login, method, route, body) =>
    server.call(login, method, `/repos/ada/${name}${route}`, body);
  await server.call('ada', 'POST', '/user/repos', { name, default_branch: 'main' });
  for (const login of people) await as('ada', 'PUT', `/collaborators/${login}`, { permission: 'write' });
  const relay = await openRelay(server.url);
  onTestFinished(() => relay.close());
  const repository = `${server.url}/ada/${name}.git`;
  const pushTo = repository.replace('://', `://ada:${server.token('ada')}@`);
  const remote = server.gitFolder(`ada/${name}`);
  const api = `${relay.url}/api/v1`;
  const world = await makeForgeWorld(
    { repository, remote, pushTo },
    { kind: 'gitea', api, token: 'FORGE_TOKEN', poll: 1, checks: demands.wanted ?? [] },
    { FORGE_TOKEN: server.token('slipway') },
  );
  await demand(as, demands);
  await untilFilled(as);
  const forge = forges(world.bench)(repository);
  return { world, server, as, forge, ...peopleOf(as), ...faultsOf(relay, remote) };
}

/** Gitea takes note of the first push a little later, and shows nothing of an empty repository. */
async function untilFilled(as: GiteaWorld['as']): Promise<void> {
  while (((await as('ada', 'GET', '')) as { empty: boolean }).empty) await wait(50);
}

/** Gitea looks for conflicts beside, and until it has it tells a person who merges to try again later. */
async function untilMergeable(as: GiteaWorld['as'], id: string): Promise<void> {
  const isMergeable = async () =>
    ((await as('ada', 'GET', `/pulls/${id}`)) as { mergeable: boolean }).mergeable;
  await expect.poll(isMergeable, patience).toBe(true);
}

async function demand(as: GiteaWorld['as'], { approvals, checks, methods }: Demands): Promise<void> {
  if (methods !== undefined)
    await as('ada', 'PATCH', '', {
      has_pull_requests: true,
      allow_merge_commits: methods.includes('merge'),
      allow_squash_merge: methods.includes('squash'),
      allow_rebase: methods.includes('rebase'),
      allow_rebase_explicit: false,
      allow_fast_forward_only_merge: false,
      default_merge_style: methods[0],
    });
  if (approvals !== undefined || checks !== undefined)
    await as('ada', 'POST', '/branch_protections', {
      rule_name: 'main',
      enable_push: false,
      required_approvals: approvals ?? 0,
      dismiss_stale_approvals: true,
      enable_status_check: checks !== undefined,
      status_check_contexts: checks ?? [],
    });
}

function peopleOf(as: GiteaWorld['as']) {
  return {
    async review(by, { id, head }, said, reason) {
      const event = said === 'approve' ? 'APPROVED' : 'REQUEST_CHANGES';
      await as(by, 'POST', `/pulls/${id}/reviews`, { event, body: reason ?? '', commit_id: head });
    },
    async dismiss({ id }, review) {
      await as('ada', 'POST', `/pulls/${id}/reviews/${review}/dismissals`, { message: 'a mistake' });
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
      await untilMergeable(as, id);
      await as('ada', 'POST', `/pulls/${id}/merge`, { Do: method });
    },
    listPulls: () => as('ada', 'GET', '/pulls?state=all') as Promise<ShownPull[]>,
    listComments: (id) => as('ada', 'GET', `/issues/${id}/comments`) as Promise<{ body: string }[]>,
    listPages: () => as('ada', 'GET', '/releases') as Promise<ShownPage[]>,
  } satisfies Partial<ReviewingWorld>;
}

function faultsOf(relay: LossyRelay, remote: string) {
  const merging = /\/merge$/;
  return {
    loseMerge: async () => relay.loseAnswer('POST', merging),
    halveMerge: async () => relay.breakOff('POST', merging, await heldMerge(remote)),
    loseAnswer: (wanted) => relay.loseAnswer('POST', wanted),
  } satisfies Partial<ReviewingWorld>;
}

/**
 * Gitea gives a merge up when its client goes away, and what git has done by then stays. Here git has moved main, and waits
 * in the hook in which it would tell Gitea so, this once; what is returned waits for that.
 */
async function heldMerge(remote: string): Promise<() => Promise<void>> {
  const hook = path.join(remote, 'hooks', 'post-receive.d', 'gitea');
  const told = path.join(remote, 'told');
  const held = path.join(remote, 'held');
  await rename(hook, told);
  await writeFile(held, '');
  const once = `mv '${told}' '${hook}'; while [ -e '${held}' ]; do sleep 0.1; done`;
  await writeFile(hook, `#!/bin/sh\n${once}\n`, { mode: 0o755 });
  onTestFinished(() => rm(held, { force: true }));
  return async () => {
    const changes = watch(path.dirname(hook), { signal: AbortSignal.timeout(patience.timeout) });
    // A merge that is broken off before would leave the hook to the next push.
    for await (const { filename } of changes) if (filename === path.basename(hook)) return;
  };
}
