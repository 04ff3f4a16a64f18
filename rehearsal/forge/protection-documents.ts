import type { Protection } from './contract.js';
import { isRuleset, protectionOf } from './demands.js';
import type { Document } from './documents.js';
import type { Repository } from './site.js';

/** `branch-protection` */
export function branchProtection(url: string, protection: Protection): Document {
  const { requiredChecks, requiredApprovals } = protection;
  const enabled = (on: boolean | undefined): Document => ({ enabled: on === true });
  return {
    url,
    ...(requiredChecks === undefined
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: protection.strict === true,
            contexts: requiredChecks,
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: requiredChecks.map((context) => ({ context, app_id: null })),
          },
        }),
    ...(requiredApprovals === undefined
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: protection.dismissStaleReviews === true,
            require_code_owner_reviews: false,
            require_last_push_approval: false,
            required_approving_review_count: requiredApprovals,
          },
        }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins === true },
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    required_linear_history: enabled(false),
    allow_force_pushes: enabled(protection.allowForcePushes),
    allow_deletions: enabled(protection.allowDeletions),
    block_creations: enabled(false),
    required_conversation_resolution: enabled(false),
    lock_branch: enabled(false),
    allow_fork_syncing: enabled(false),
  };
}

/** What everybody who sees a branch may read of its protection. */
export function protectionSummary(protection: Protection | undefined): Document {
  const classic = protection !== undefined && !isRuleset(protection) ? protection : undefined;
  const contexts = classic?.requiredChecks ?? [];
  const level = classic?.enforceAdmins === true ? 'everyone' : 'non_admins';
  return {
    enabled: classic !== undefined,
    required_status_checks: {
      enforcement_level: contexts.length === 0 ? 'off' : level,
      contexts,
      checks: contexts.map((context) => ({ context, app_id: null })),
    },
  };
}

/** `repository-rule-detailed`: what the rulesets of a repository demand of a branch. */
export function branchRules(repository: Repository, branch: string): Document[] {
  const protection = protectionOf(repository, branch);
  if (protection === undefined || !isRuleset(protection)) return [];
  const { requiredApprovals, requiredChecks, allowDeletions, allowForcePushes } = protection;
  const source = {
    ruleset_source_type: 'Repository',
    ruleset_source: repository.fullName,
    ruleset_id: repository.id,
  };
  const rules = [
    ...(allowDeletions === true ? [] : [{ type: 'deletion' }]),
    ...(allowForcePushes === true ? [] : [{ type: 'non_fast_forward' }]),
    ...(requiredApprovals === undefined ? [] : [pullRequestRule(protection, repository)]),
    ...(requiredChecks === undefined ? [] : [checksRule(requiredChecks, protection)]),
  ];
  return rules.map((rule) => ({ ...rule, ...source }));
}

function pullRequestRule(protection: Protection, { settings }: Repository): Document {
  const parameters = {
    required_approving_review_count: protection.requiredApprovals,
    dismiss_stale_reviews_on_push: protection.dismissStaleReviews === true,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    allowed_merge_methods: settings.mergeMethods,
  };
  return { type: 'pull_request', parameters };
}

function checksRule(contexts: readonly string[], { strict }: Protection): Document {
  const parameters = {
    strict_required_status_checks_policy: strict === true,
    do_not_enforce_on_create: false,
    required_status_checks: contexts.map((context) => ({ context })),
  };
  return { type: 'required_status_checks', parameters };
}
