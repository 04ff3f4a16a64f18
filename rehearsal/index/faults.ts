import { FaultScript as Script, fits, type Due } from '../serving/fault-script.js';

/** How the stand-in misbehaves. Durations are in milliseconds, sizes in bytes. */
export type Fault =
  /** Answers at once and does nothing; `headers` may hold a `retry-after`. */
  | { readonly kind: 'answer'; readonly status: number; readonly reason?: string; readonly headers?: Headers }
  /** Does and answers everything as it should, later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Takes the whole request, does nothing and resets the connection. */
  | { readonly kind: 'drop-before-commit' }
  /** Does what was asked and resets the connection. */
  | { readonly kind: 'commit-then-drop' }
  /** Does what was asked and answers something else, such as 502. */
  | { readonly kind: 'commit-then-answer'; readonly status: number; readonly reason?: string }
  /** Answers with the challenge page of a CDN, whose status is 200, and does nothing. */
  | { readonly kind: 'challenge' }
  /** Answers an upload as if it had been stored, or a posted yank as if it had been carried out. */
  | { readonly kind: 'not-stored' }
  /** Answers an upload as if it had been stored, having stored only its first bytes. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Shows the index as it was before its latest changes, or some time ago. */
  | ({ readonly kind: 'stale' } & ({ readonly changes: number } | { readonly age: number }))
  /** Reads requests and sends answers slowly. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number };

type Headers = Readonly<Record<string, string>>;

/** When to misbehave: every condition given must hold. */
export interface Rule extends Due<Fault> {
  readonly method?: string;
  /** The whole path of the request, or a pattern that it matches. */
  readonly path?: string | RegExp;
  /** The filename of an upload, or a pattern that it matches; requests without one never match. */
  readonly file?: string | RegExp;
}

/** What a rule is matched against. */
export interface Occasion {
  readonly method: string;
  readonly path: string;
  readonly filename: string | undefined;
}

/** The scripted faults of an index. */
export class FaultScript {
  readonly #script = new Script<Fault, Rule>();

  add(rule: Rule): void {
    this.#script.add(rule);
  }

  clear(): void {
    this.#script.clear();
  }

  /** The fault of a request that has just begun to arrive. */
  forRequest(occasion: Occasion): Fault | undefined {
    return this.#script.decide((rule) => rule.file === undefined && matches(rule, occasion));
  }

  /** The fault of an upload whose file has just begun to arrive. */
  forUpload(occasion: Occasion): Fault | undefined {
    return this.#script.decide((rule) => rule.file !== undefined && matches(rule, occasion));
  }
}

function matches(rule: Rule, { method, path, filename }: Occasion): boolean {
  return fits(rule.method, method) && fits(rule.path, path) && fits(rule.file, filename);
}
