import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  defaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import { msOptionalToNumber, tsToMs } from '@temporalio/common/lib/time.js';
import type { coresdk } from '@temporalio/proto';

import type { Agenda } from './agenda.js';
import type { Draws } from './draws.js';
import { fromPayload, isThere, toPayload } from './sandbox.js';

type Scheduled = coresdk.workflow_commands.IScheduleActivity;
/** How an activity ended. */
export type Resolution = coresdk.activity_result.IActivityResolution;

/** What an activity of the model knows of the attempt that carries it out. */
export interface Attempt {
  /** Lets time go by; here a worker may die, and here an activity hears that it is cancelled. */
  readonly pause: () => Promise<void>;
}

/** Carries out one attempt of an activity. */
export type Act = (name: string, input: unknown, attempt: Attempt) => Promise<unknown>;

/** What becomes of an attempt: `lost` does everything and nobody hears of it, `dies` ends at some pause. */
export type Fate = 'well' | 'refused' | 'lost' | 'dies';

/** What the engine needs to carry activities out. */
export interface Workshop {
  readonly agenda: Agenda;
  readonly draws: Draws;
  readonly act: Act;
  /** Drawn for each attempt. */
  readonly fate: (name: string) => Fate;
}

/** How long a worker that died is missed. */
const heartbeatTimeout = 15_000;
/** How long a piece of an activity takes at most. */
const longestPiece = 4_000;

/** One activity from its being scheduled to its end, with as many attempts as it takes. */
export class Activity {
  readonly #name: string;
  readonly #input: unknown;
  #attempts = 0;
  #isCancelled = false;
  #isOver = false;
  #callOff: (() => void) | undefined;

  constructor(
    readonly shop: Workshop,
    readonly scheduled: Scheduled,
    readonly resolve: (resolution: Resolution) => void,
  ) {
    this.#name = scheduled.activityType ?? '';
    this.#input = fromPayload(scheduled.arguments?.[0]);
    shop.agenda.after(shop.draws.below(20), () => {
      this.#attempt();
    });
  }

  /** Asks it to end: at its next pause it hears that, and between two attempts it ends at once. */
  cancel(): void {
    this.#isCancelled = true;
    if (this.#callOff === undefined) return;
    this.#callOff();
    this.#end({
      cancelled: { failure: this.#failure(new CancelledFailure('cancelled'), RetryState.CANCEL_REQUESTED) },
    });
  }

  #attempt(): void {
    this.#callOff = undefined;
    this.#attempts += 1;
    const fate = this.shop.fate(this.#name);
    const attempt = { pause: () => this.#pause(fate) };
    const body = async () => {
      await attempt.pause();
      if (fate === 'refused') throw new Error('the connection was refused');
      const result = await this.shop.act(this.#name, this.#input, attempt);
      if (fate === 'lost' || fate === 'dies') this.#again(new Error('the worker is gone'), heartbeatTimeout);
      else this.#end({ completed: { result: toPayload(result) } });
    };
    body().catch((error: unknown) => {
      this.#fail(error);
    });
  }

  #pause(fate: Fate): Promise<void> {
    const { agenda, draws } = this.shop;
    if (fate === 'dies' && draws.chance(0.4)) {
      this.#again(new Error('the worker is gone'), heartbeatTimeout);
      return new Promise(() => undefined);
    }
    return new Promise((resolve, reject) => {
      agenda.after(draws.below(longestPiece), () => {
        if (this.#isCancelled) reject(new CancelledFailure('cancelled'));
        else resolve();
      });
    });
  }

  #fail(error: unknown): void {
    if (error instanceof CancelledFailure)
      this.#end({ cancelled: { failure: this.#failure(error, RetryState.CANCEL_REQUESTED) } });
    else this.#again(error instanceof Error ? error : new Error(String(error)), 0);
  }

  #again(error: Error, missedFor: number): void {
    const { retryPolicy } = this.scheduled;
    const most = retryPolicy?.maximumAttempts ?? 0;
    const isFinal = error instanceof ApplicationFailure && error.nonRetryable === true;
    const { agenda } = this.shop;
    const next = () => {
      if (this.#isCancelled) {
        this.#fail(new CancelledFailure('cancelled'));
      } else if (isFinal || (most > 0 && this.#attempts >= most)) {
        const state = isFinal ? RetryState.NON_RETRYABLE_FAILURE : RetryState.MAXIMUM_ATTEMPTS_REACHED;
        this.#end({ failed: { failure: this.#failure(error, state) } });
      } else {
        this.#callOff = agenda.after(this.#backoff(error), () => {
          this.#attempt();
        });
      }
    };
    if (missedFor === 0) next();
    else agenda.after(missedFor, next);
  }

  #backoff(error: Error): number {
    const wanted = error instanceof ApplicationFailure ? msOptionalToNumber(error.nextRetryDelay) : undefined;
    const { initialInterval, backoffCoefficient, maximumInterval } = this.scheduled.retryPolicy ?? {};
    const first = !isThere(initialInterval) ? 1000 : tsToMs(initialInterval);
    const most = !isThere(maximumInterval) ? first * 100 : tsToMs(maximumInterval);
    return wanted ?? Math.min(most, first * (backoffCoefficient ?? 2) ** (this.#attempts - 1));
  }

  #failure(cause: Error, state: RetryState) {
    const { activityId } = this.scheduled;
    const failure = new ActivityFailure(
      'the activity failed',
      this.#name,
      activityId ?? '',
      state,
      'simulation',
      cause,
    );
    return defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter);
  }

  #end(resolution: Resolution): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.resolve(resolution);
  }
}
