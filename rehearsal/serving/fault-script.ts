/** When a rule of some fault is due, by how many occasions it has matched. */
export interface Due<Fault> {
  /** The first of the matching requests that is hit, counted from 1; default: 1. */
  readonly nth?: number;
  /** How many matching requests are hit from then on; default: all. */
  readonly times?: number;
  readonly fault: Fault;
}

/** The scripted faults of a stand-in, each counting the requests that it matches. */
export class FaultScript<Fault, Rule extends Due<Fault>> {
  #rules: { readonly rule: Rule; matched: number }[] = [];

  add(rule: Rule): void {
    this.#rules.push({ rule, matched: 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault of one request, which every rule that matches it counts; of several the one added first. */
  decide(matches: (rule: Rule) => boolean): Fault | undefined {
    let decided: Fault | undefined;
    for (const scripted of this.#rules) {
      const { rule } = scripted;
      if (!matches(rule)) continue;
      scripted.matched += 1;
      const first = rule.nth ?? 1;
      const due = scripted.matched >= first && scripted.matched < first + (rule.times ?? Infinity);
      if (due) decided ??= rule.fault;
    }
    return decided;
  }
}

/** Whether a text is what is wanted or matches a wanted pattern; nothing wanted fits anything. */
export function fits(wanted: string | RegExp | undefined, actual: string | undefined): boolean {
  if (wanted === undefined) return true;
  return actual !== undefined && (typeof wanted === 'string' ? wanted === actual : wanted.test(actual));
}
