import type { ForgeKind, ForgeSetting } from '../../config/settings.js';
import type { Workbench } from '../support/workbench.js';
import type { Forge, OpenForge } from './forge.js';
import { giteaApi } from './gitea.js';
import { githubApi } from './github.js';
import { plainGitForge } from './plain-git.js';
import { reviewingForge } from './reviewing-forge.js';
import type { ReviewingApi } from './reviewing-api.js';

type Open<T> = (bench: Workbench, repository: string, setting: ForgeSetting) => T;

/** What opens each kind of forge. */
const openers: Readonly<Record<ForgeKind, Open<Forge>>> = {
  git: plainGitForge,
  github: byApi(githubApi),
  gitea: byApi(giteaApi),
};

function byApi(open: Open<ReviewingApi>): Open<Forge> {
  return (bench, repository, setting) =>
    reviewingForge(bench, repository, setting, open(bench, repository, setting));
}

/** A repository that no package names any more is still one that git speaks to. */
const gone: ForgeSetting = { kind: 'git', checks: [], publishingWorkflows: 'refuse', pollSeconds: 2 };

/** Opens the forge that the settings name for a repository, once: it remembers what it need not be told again. */
export function forges(bench: Workbench): OpenForge {
  const opened = new Map<string, Forge>();
  return (repository) => {
    const known = opened.get(repository);
    if (known !== undefined) return known;
    const setting = Object.values(bench.settings.packages).find(
      (candidate) => candidate.repository === repository,
    );
    const forge = setting?.forge ?? gone;
    const fresh = openers[forge.kind](bench, repository, forge);
    opened.set(repository, fresh);
    return fresh;
  };
}
