import type { Protection } from './contract.js';
import type { Document } from './documents.js';

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

/** Rules of rulesets, of which this forge has none. */
export function branchRules(): Document[] {
  return [];
}
