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
  /** Answers an upload as if it had been stored. */
  | { readonly kind: 'not-stored' }
  /** Answers an upload as if it had been stored, having stored only its first bytes. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Shows the index as it was before its latest changes, or some time ago. */
  | ({ readonly kind: 'stale' } & ({ readonly changes: number } | { readonly age: number }))
  /** Reads requests and sends answers slowly. */
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number };

type Headers = Readonly<Record<string, string>>;

/** When to misbehave: every condition given must hold. */
export interface Rule {
  readonly method?: string;
  /** The whole path of the request, or a pattern that it matches. */
  readonly path?: string | RegExp;
  /** The filename of an upload, or a pattern that it matches; requests without one never match. */
  readonly file?: string | RegExp;
  /** The first of the matching requests that is hit, counted from 1; default: 1. */
  readonly nth?: number;
  /** How many matching requests are hit from then on; default: all. */
  readonly times?: number;
  readonly fault: Fault;
}

/** What a rule is matched against. */
export interface Occasion {
  readonly method: string;
  readonly path: string;
  readonly filename: string | undefined;
}

/** The scripted faults, each counting the requests that it matches. */
export class FaultScript {
  #rules: { readonly rule: Rule; matched: number }[] = [];

  add(rule: Rule): void {
    this.#rules.push({ rule, matched: 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault of a request that has just begun to arrive. */
  forRequest(occasion: Occasion): Fault | undefined {
    return this.#decide(occasion, ({ file }) => file === undefined);
  }

  /** The fault of an upload whose file has just begun to arrive. */
  forUpload(occasion: Occasion): Fault | undefined {
    return this.#decide(occasion, ({ file }) => file !== undefined);
  }

  #decide(occasion: Occasion, eligible: (rule: Rule) => boolean): Fault | undefined {
    let decided: Fault | undefined;
    for (const scripted of this.#rules) {
      const { rule } = scripted;
      if (!eligible(rule) || !matches(rule, occasion)) continue;
      scripted.matched += 1;
      const first = rule.nth ?? 1;
      const due = scripted.matched >= first && scripted.matched < first + (rule.times ?? Infinity);
      if (due) decided ??= rule.fault;
    }
    return decided;
  }
}

function matches(rule: Rule, { method, path, filename }: Occasion): boolean {
  const fits = (wanted: string | RegExp | undefined, actual: string | undefined) =>
    wanted === undefined ||
    (actual !== undefined && (typeof wanted === 'string' ? wanted === actual : wanted.test(actual)));
  return fits(rule.method, method) && fits(rule.path, path) && fits(rule.file, filename);
}
