import {
  CancellationScope,
  ContinueAsNew,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import { namesOf, type Decision, type GateId } from '../contract/gates.js';
import { progressMarkdown } from '../contract/progress-markdown.js';
import type { Terms } from '../contract/release.js';
import type { Ledger, StepRecord } from '../contract/state.js';
import type { StepId } from '../contract/steps.js';
import { troubleSubject } from '../contract/trouble.js';
import type { Evidence, Finding, Verdict } from '../contract/verdict.js';
import { askPeople } from './asking.js';
import { attributesOf } from './attributes.js';
import { NotPassed, type Course, type Judged, type Question } from './courses.js';
import { Verifier } from './signed-answers.js';
import { describeTrouble } from './trouble.js';

/** Where a release's state is kept, its steps are run, and its people are asked. */
export class Desk {
  readonly verifier = new Verifier();
  #scope: CancellationScope | undefined;
  /** What `noticing` shows now. */
  readonly notices: { readonly text: string }[] = [];
  readonly #shown: Map<string, unknown>;
  #isStale = false;
  /** The step in which an earlier run of the release turned the page. */
  #underWay: StepRecord | undefined;

  constructor(
    readonly ledger: Ledger,
    /** The workflow's own time, ISO 8601. */
    readonly now: () => string,
  ) {
    const { typedSearchAttributes } = workflowInfo();
    this.#underWay = ledger.steps.find(({ state }) => state === 'running');
    this.#shown = new Map(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  }

  /** The terms of an admitted release. */
  get terms(): Terms {
    if (this.ledger.terms === undefined) throw new Error('the release is not admitted yet');
    return this.ledger.terms;
  }

  get subject(): { package: string; version: string } {
    return { package: this.ledger.request.package, version: this.ledger.request.version };
  }

  /** Shows the present state in the Web UI: once for all that a workflow task brings, which may be thousands of messages. */
  refresh(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    void Promise.resolve().then(() => {
      this.#isStale = false;
      setCurrentDetails(progressMarkdown(this.ledger, this.now()));
    });
  }

  /** Runs one step of the procedure; infrastructure that stays broken is put to people, not thrown. */
  step = async <T>(id: StepId, body: () => Promise<T>): Promise<T> => {
    const record = this.#open(id);
    for (;;) {
      try {
        const result = await body();
        this.#close(record, record.findings.length > 0 ? 'failed' : 'passed');
        return result;
      } catch (error) {
        if (error instanceof ContinueAsNew) throw error;
        if (error instanceof NotPassed) {
          record.findings = error.findings;
          this.#close(record, 'failed');
          throw error;
        }
        if (isCancellation(error)) {
          record.findings = [{ title: `stopped: ${this.ledger.stop?.reason ?? 'cancelled'}` }];
          this.#close(record, 'failed');
          throw error;
        }
        try {
          await this.#askAboutTrouble(record, error);
        } catch (stopped) {
          this.#close(record, 'failed');
          throw stopped;
        }
      }
    }
  };

  /** Does what has to be done in the end, however often people have to mend what stands in its way. */
  insist = async <T>(body: () => Promise<T>): Promise<T> => {
    const record = this.ledger.steps.at(-1);
    if (record === undefined) throw new Error('there are no steps');
    for (;;) {
      try {
        return await body();
      } catch (error) {
        if (isCancellation(error)) throw error;
        await this.#askAboutTrouble(record, error);
      }
    }
  };

  /** Turns the expected "no" of the steps inside into a value. */
  judge = async <T>(body: () => Promise<T>): Promise<Judged<T>> => {
    try {
      return { passed: true, value: await body() };
    } catch (error) {
      if (error instanceof NotPassed) return { passed: false, findings: error.findings };
      throw error;
    }
  };

  /** Runs what an accepted `abort` or `yank` ends at once. */
  stoppable = async <T>(body: () => Promise<T>): Promise<Course<T>> => {
    const scope = new CancellationScope();
    this.#scope = scope;
    // One that came while the page was turned.
    this.heedStop();
    try {
      const ended = await scope.run(body);
      return this.ledger.stop === undefined ? { ended } : { stopped: this.ledger.stop };
    } catch (error) {
      if (isCancellation(error) && this.ledger.stop !== undefined) return { stopped: this.ledger.stop };
      throw error;
    } finally {
      this.#scope = undefined;
    }
  };

  /** Lets a stop that was just recorded take effect. */
  heedStop(): void {
    if (this.ledger.stop !== undefined) this.#scope?.cancel();
  }

  /** Takes a verdict's evidence into the running step and returns its value, or ends the step with its findings. */
  accept<T>(verdict: Verdict<T>): { passed: true; evidence: readonly Evidence[] } & T {
    this.#keep(verdict.evidence);
    this.show();
    if (!verdict.passed) throw new NotPassed(verdict.findings);
    return verdict;
  }

  /** Takes several verdicts at once, so that people see all findings and not only the first. */
  acceptAll(verdicts: readonly Verdict[]): void {
    for (const verdict of verdicts) this.#keep(verdict.evidence);
    const findings = verdicts.flatMap((verdict) => (verdict.passed ? [] : verdict.findings));
    if (findings.length > 0) throw new NotPassed(findings);
  }

  /** Shows findings at the running step while people decide what follows. */
  fail(findings: readonly Finding[]): void {
    const running = this.#running();
    if (running !== undefined) Object.assign(running, { state: 'failed', findings });
    this.refresh();
  }

  /** Takes a failed step up again from its beginning. */
  reopen(id: StepId): void {
    const record = this.ledger.steps.find((step) => step.id === id);
    if (record !== undefined) Object.assign(record, { state: 'running', evidence: [], findings: [] });
    this.show();
  }

  /** Who approved a gate when it was last asked. */
  approvers(id: GateId): string {
    const gate = this.ledger.gates.findLast((candidate) => candidate.id === id);
    return namesOf(gate?.decisions ?? []);
  }

  /** Adds evidence to the running step. */
  note(...evidence: Evidence[]): void {
    this.#keep(evidence);
    this.refresh();
  }

  /** Adds what the running step does not say yet: what is tried again and again leaves its evidence once. */
  noteNew(...evidence: Evidence[]): void {
    const said = this.#running()?.evidence.map(({ what }) => what) ?? [];
    this.note(...evidence.filter(({ what }) => !said.includes(what)));
  }

  /** Puts a question to people and waits for as long as they need; an approval of the same digest is not asked twice. */
  ask = (question: Question): Promise<Decision> => askPeople(this, question);

  async #askAboutTrouble(record: StepRecord, error: unknown): Promise<void> {
    const trouble = describeTrouble(error);
    record.findings = [{ title: trouble.now, detail: `${trouble.not}\n${trouble.next}` }];
    await this.ask({
      id: 'trouble',
      consequence: `Tries ${record.id} again after its cause was mended.`,
      subject: [
        { label: 'step', value: record.id },
        ...troubleSubject(trouble),
        { label: 'since', value: this.now() },
      ],
      answers: ['retry'],
      urgent: this.ledger.phase === 'uploading',
    });
    record.findings = [];
  }

  #open(id: StepId): StepRecord {
    const record = this.ledger.steps.find((step) => step.id === id);
    if (record === undefined) throw new Error(`no step ${id}`);
    const goesOn = record === this.#underWay;
    this.#underWay = undefined;
    if (goesOn) return record;
    Object.assign(record, { state: 'running', startedAt: this.now(), evidence: [], findings: [] });
    delete record.endedAt;
    this.#resetAfter(record);
    this.show();
    return record;
  }

  /** A step that runs again makes everything after it open again. */
  #resetAfter(record: StepRecord): void {
    for (const later of this.ledger.steps.slice(this.ledger.steps.indexOf(record) + 1)) {
      Object.assign(later, { state: 'waiting', evidence: [], findings: [] });
      delete later.startedAt;
      delete later.endedAt;
    }
  }

  #close(record: StepRecord, state: 'passed' | 'failed'): void {
    record.state = state;
    record.endedAt = this.now();
    this.refresh();
  }

  #keep(evidence: readonly Evidence[]): void {
    const running = this.#running();
    if (running !== undefined) running.evidence = [...running.evidence, ...evidence];
  }

  #running(): StepRecord | undefined {
    return this.ledger.steps.findLast((step) => step.state === 'running');
  }

  /** Brings the list's attributes up to date, where one has changed: each time costs an event. */
  show(): void {
    const changed = attributesOf(this.ledger).filter(({ key, value }) => this.#shown.get(key.name) !== value);
    for (const { key, value } of changed) this.#shown.set(key.name, value);
    if (changed.length > 0) upsertSearchAttributes(changed);
    this.refresh();
  }
}
