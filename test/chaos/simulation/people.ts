import { queryName } from '../../../src/contract/handles.js';
import { standingHolds, type Gate } from '../../../src/contract/gates.js';
import { isBound, type Message, type MessageKind } from '../../../src/contract/messages.js';
import { mayApprove, openGates, type Ledger } from '../../../src/contract/state.js';
import type { StepId } from '../../../src/contract/steps.js';
import type { SentMessage } from '../observation.js';
import type { Draws } from './draws.js';
import type { Engine } from './engine.js';
import type { Outside } from './outside.js';
import type { Plan } from './plan.js';

type Said = Omit<Message, 'id'> & { readonly kind: MessageKind };

/** A message with what is said in it, and the workflow that it is said to, however often. */
type Addressed = SentMessage & { readonly said: Message; readonly to: string };

/** When somebody stops a release: as soon as that step is seen to be under way. */
export interface StopAt {
  readonly step: StepId;
  readonly how: 'yank' | 'abort' | 'cancel';
}

/** What people say, and what they were answered. */
export class People {
  readonly sent: Addressed[] = [];
  /** Answers that no message may get. */
  readonly wrong: string[] = [];
  #looks = 0;
  #isStopped = false;

  constructor(
    readonly engine: Engine,
    readonly outside: Outside,
    readonly plan: Plan,
    readonly draws: Draws,
    /** The workflow that is spoken to. */
    public workflowId: string,
    /** Where somebody stops it for sure. */
    readonly wanted: StopAt | undefined,
  ) {}

  /** Looks at the release as often as it takes, and says something each time, until it has ended. */
  begin(): void {
    this.outside.agenda.after(this.draws.below(15_000), () => this.#look());
  }

  async #look(): Promise<void> {
    if (!this.engine.isOpen(this.workflowId)) return;
    const ledger = await this.engine.query<Ledger>(this.workflowId, queryName);
    this.begin();
    // A run that has just been started, or goes on as a new one, cannot be asked yet.
    if (ledger === undefined) return;
    this.#looks += 1;
    this.#yankAtEnd(ledger);
    if (this.wanted !== undefined) this.#stopIfThere(ledger, this.wanted.step, this.wanted.how);
    if (this.plan.wild > 0) {
      this.plan.wild -= 1;
      this.#sayAnything(ledger);
    } else this.#answerAll(ledger);
    if (this.plan.stop?.after === this.#looks) this.#stop(this.plan.stop.how);
  }

  /** Stops it, once, if that step is under way now. */
  async stopAt({ step, how }: StopAt): Promise<void> {
    if (this.#isStopped) return;
    this.#stopIfThere(await this.engine.query<Ledger>(this.workflowId, queryName), step, how);
  }

  #stopIfThere(ledger: Ledger | undefined, step: StepId, how: StopAt['how']): void {
    const state = ledger?.steps.find(({ id }) => id === step)?.state;
    // A step that waits for a fix has failed so far.
    if (this.#isStopped || (state !== 'running' && state !== 'failed')) return;
    this.#isStopped = true;
    this.#stop(how);
  }

  /** Yanks at the very moment at which the watch ends, or while what follows it is done. */
  #yankAtEnd({ watch }: Ledger): void {
    if (watch === undefined || this.#isStopped || this.plan.yankAtEnd !== true) return;
    this.#isStopped = true;
    const left = Date.parse(watch.until) - this.outside.agenda.now;
    this.outside.agenda.after(left - 20 + this.draws.below(this.draws.chance(0.5) ? 40 : 30_000), () => {
      this.#stop('yank');
    });
  }

  #stop(how: 'yank' | 'abort' | 'cancel'): void {
    if (how === 'cancel') this.engine.cancel(this.workflowId);
    else this.say({ kind: how, by: 'linus', reason: 'stop it' });
  }

  /** Sends a message by an update or by a signal; a reply may be lost, and then the same is sent again. */
  say({ kind, ...said }: Said, id = `m${String(this.sent.length + 1)}`): void {
    const { by, gate, digest, expires } = said;
    const message: Addressed = {
      ...{ id, kind, by, sentAt: this.outside.agenda.iso, said: { ...said, id }, to: this.workflowId },
      ...(gate === undefined ? {} : { gate }),
      ...(digest === undefined ? {} : { digest }),
      ...(expires === undefined ? {} : { expires }),
    };
    this.sent.push(message);
    this.#send(message);
  }

  #send(message: Addressed): void {
    const { draws, engine } = this;
    if (draws.chance(0.2)) engine.signal(message.to, message.kind, [message.said]);
    else void this.#update(message);
    if (draws.chance(0.1))
      this.outside.agenda.after(draws.below(5_000), () => {
        this.#send(message);
      });
  }

  async #update(message: Addressed): Promise<void> {
    const reply = await this.engine.update(message.to, message.kind, [message.said]);
    if (reply.state === 'refused') this.wrong.push(`${message.kind} ${message.id} was refused as malformed`);
    if (reply.state !== 'answered' || this.draws.chance(0.1)) return;
    const { counted } = reply.value as { counted: boolean };
    if (message.answer !== undefined && message.answer.counted !== counted)
      this.wrong.push(`${message.kind} ${message.id} was answered twice, and differently`);
    Object.assign(message, { answer: message.answer ?? { counted, at: this.outside.agenda.iso } });
  }

  /** Another message under an id that is taken: it never counts. */
  async #sayUnder(taken: Addressed): Promise<void> {
    const other = { ...taken.said, reason: `${taken.said.reason ?? ''} and more` };
    const reply = await this.engine.update(taken.to, taken.kind, [other]);
    if (reply.state === 'answered' && (reply.value as { counted: boolean }).counted)
      this.wrong.push(`another message under the id ${taken.id} counts`);
  }

  /** Answers everything that is asked, right. */
  #answerAll(ledger: Ledger): void {
    if (
      ledger.yank !== undefined &&
      ledger.yank.provenAt === undefined &&
      (ledger.yank.calls ?? []).length > 0
    )
      for (const { filename } of this.outside.listed('production', ledger.request.version))
        this.outside.yank(filename, 'by hand', true);
    for (const gate of openGates(ledger)) {
      for (const { by } of standingHolds(gate))
        this.say({ kind: 'lift', by, gate: gate.id, reason: 'it is well' });
      this.#answer(ledger, gate);
    }
  }

  #answer(ledger: Ledger, gate: Gate): void {
    const { answers, id, digest } = gate;
    const kind = (['approve', 'on-watch', 'retry', 'keep', 'fix'] as const).find((one) =>
      answers.includes(one),
    );
    if (kind === undefined) return;
    if (kind === 'fix') this.#push(ledger);
    if (id === 'trouble') this.#mend(ledger);
    const bound = isBound(kind) ? { gate: id, digest } : {};
    const approvers = ledger.terms?.approvers ?? [];
    const able = kind === 'approve' ? approvers.filter((by) => mayApprove(ledger, gate, by)) : ['grace'];
    const given = gate.decisions.map(({ by }) => by);
    for (const by of able.filter((person) => !given.includes(person)))
      this.say({ kind, by, ...bound, reason: 'as asked' });
  }

  #push(ledger: Ledger): void {
    const branch = ledger.terms?.branch ?? '';
    this.outside.push(branch, `fix ${String(this.#looks)}`);
  }

  /** Work that came onto the branch after its merge goes to another one, so that it can be deleted. */
  #mend({ merges, terms, phase }: Ledger): void {
    const head = merges.at(-1)?.head;
    if (phase === 'uploading' && head !== undefined) this.outside.putAside(terms?.branch ?? '', head);
  }

  /** One thing of all that people may say and do, right or wrong. */
  #sayAnything(ledger: Ledger): void {
    const { draws } = this;
    const gate = openGates(ledger).at(-1);
    const by = draws.one(['grace', 'linus', 'grace', 'linus', 'ada', 'mallory']);
    const [earlier] = this.sent.slice(-1 - draws.below(5));
    const reason = draws.one(['because', 'so']);
    const choices: readonly [() => void, ...(() => void)[]] = [
      ...this.#rightly(ledger, gate),
      () => {
        this.say({
          kind: draws.one(['fix', 'retry', 'keep', 'rerun', 'report', 'on-watch', 'off-watch']),
          by,
          reason,
        });
      },
      () => {
        this.say({ kind: draws.one(['lift', 'un-yank']), by, reason });
      },
      () => {
        this.say({ kind: 'amend', by, reason, approvers: ['ada', 'grace', 'linus', 'barbara'] });
      },
      () => {
        this.outside.push(draws.one(['main', 'main', this.plan.terms.branch]), `work ${String(this.#looks)}`);
      },
      () => {
        if (earlier !== undefined) this.#send(earlier);
      },
      () => {
        if (earlier?.answer !== undefined) void this.#sayUnder(earlier);
      },
      ...this.#bound(ledger, gate, by),
    ];
    draws.one(choices)();
  }

  /** More often than not people do what is wanted of them. */
  #rightly(ledger: Ledger, gate: Gate | undefined): [() => void, ...(() => void)[]] {
    const answer = () => {
      if (gate !== undefined) this.#answer(ledger, gate);
    };
    return [answer, answer, answer, answer, answer];
  }

  /** Answers that name a gate: for this one, for another, for an older one, expired, and two that contradict each other. */
  #bound(ledger: Ledger, gate: Gate | undefined, by: string): (() => void)[] {
    const { draws } = this;
    const { id = 'production', digest = 'f'.repeat(64) } = gate ?? {};
    const kind = draws.one(['approve', 'approve', 'approve', 'reject', 'hold'] as const);
    const reason = 'so it is';
    const older = ledger.gates[draws.below(Math.max(1, ledger.gates.length))]?.digest ?? digest;
    const early = draws.one(['branch', 'merge', 'production', 'put-main-back'] as const);
    return [
      () => {
        this.say({ kind, by, gate: id, digest, reason });
      },
      () => {
        this.say({ kind, by, gate: id, digest: older, reason });
      },
      () => {
        this.say({ kind, by, gate: early, digest, reason });
      },
      () => {
        this.say({
          kind,
          by,
          gate: id,
          digest,
          reason,
          expires: new Date(this.outside.agenda.now - 1000).toISOString(),
        });
      },
      () => {
        this.say({ kind: 'approve', by: 'grace', gate: id, digest, reason });
        this.say({ kind: 'reject', by: 'linus', gate: id, digest, reason });
      },
    ];
  }
}
