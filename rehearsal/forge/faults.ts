import { FaultScript, fits, type Due } from '../serving/fault-script.js';

/** How the stand-in misbehaves. */
export type Fault =
  /** Answers at once and does nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Does and answers everything as it should, that many milliseconds later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Takes the whole request, does nothing and resets the connection. */
  | { readonly kind: 'drop-before-commit' }
  /** Does what was asked and resets the connection. */
  | { readonly kind: 'commit-then-drop' }
  /** Does what was asked and answers something else, such as 502. */
  | { readonly kind: 'commit-then-answer'; readonly status: number; readonly message?: string }
  /** Moves the base branch of a merge, leaves the pull request open and resets the connection. */
  | { readonly kind: 'half-merge' }
  /** Says that the hour's requests are used up until that many seconds from now. */
  | { readonly kind: 'primary-limit'; readonly seconds: number }
  /** Asks for a pause of that many seconds; default status: 403. */
  | { readonly kind: 'secondary-limit'; readonly retryAfter: number; readonly status?: 403 | 429 };

/** When to misbehave: every condition given must hold. */
export interface Rule extends Due<Fault> {
  readonly method?: string;
  /** The whole path of the request without its query, the API's prefix included, or a pattern that it matches. */
  readonly path?: string | RegExp;
  /** The login of who asks. */
  readonly by?: string;
}

/** The scripted faults of a forge. */
export type ForgeFaults = FaultScript<Fault, Rule>;

/** An empty script. */
export function noFaults(): ForgeFaults {
  return new FaultScript();
}

/** The fault of a request. */
export function faultOf(
  script: ForgeFaults,
  request: { readonly method: string; readonly path: string; readonly by: string | undefined },
): Fault | undefined {
  return script.decide(
    ({ method, path, by }) =>
      fits(method, request.method) && fits(path, request.path) && fits(by, request.by),
  );
}
