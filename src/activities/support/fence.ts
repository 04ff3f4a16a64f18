import type { Info } from '@temporalio/activity';

import { currentActivity, endedBy } from './cancellation.js';
import { leftIn } from './memory.js';

/**
 * For how long an attempt goes on after it asked and the server said that it is the current one, in milliseconds. The
 * server gives its task away 15 s after that at the earliest, and a tool may take 3 s to end.
 */
const wordHolds = 10_000;
const askMilliseconds = 2000;

/** What the engine says of an attempt of an activity. */
export interface Engine {
  /** Whether it is still the current one of an open run; no answer at all is an error. What it has left is kept. */
  isCurrent(info: Info, left: unknown): Promise<boolean>;
  /** Whether its run may change anything outside now; that it may not is a failure. */
  checkMayAct(info: Info): Promise<void>;
}

interface Standing {
  assure(): Promise<void>;
}

const standings = new WeakMap<object, Standing>();

/**
 * What activities run in that change something outside: each ends as soon as the server says that it is not the current
 * attempt any more, and when the server was not heard for so long that another attempt may be about to begin.
 */
export function fencing(engine: Engine): <T>(body: () => Promise<T>) => Promise<T> {
  return async (body) => {
    const context = currentActivity();
    if (context === undefined) return body();
    const { info } = context;
    const word = keepWord(() => engine.isCurrent(info, leftIn(context)));
    standings.set(context, {
      async assure() {
        await word.renew();
        await engine.checkMayAct(info);
      },
    });
    try {
      return await endedBy(word.lost, body);
    } finally {
      word.end();
    }
  };
}

/** Stands right before each act that others see: only the current attempt of a run that may act gets past it. */
export async function fence(): Promise<void> {
  const context = currentActivity();
  if (context !== undefined) await standings.get(context)?.assure();
}

/** The server's word that an attempt is the current one, which has to be renewed. */
function keepWord(ask: () => Promise<boolean>) {
  const lost = new AbortController();
  const lose = (why: string) => {
    lost.abort(new Error(`${why}: this attempt has changed nothing since, and another one may have begun`));
  };
  const unheard = () => {
    lose(`the server was not heard for ${String(wordHolds / 1000)} s`);
  };
  let over = setTimeout(unheard, wordHolds);
  const renew = async () => {
    const asked = performance.now();
    if (!(await ask())) lose('the server has ended this attempt, or its run');
    lost.signal.throwIfAborted();
    clearTimeout(over);
    over = setTimeout(unheard, wordHolds - (performance.now() - asked));
  };
  const asking = setInterval(() => {
    // Who does not answer is missed by the other timer.
    renew().catch(() => undefined);
  }, askMilliseconds);
  return {
    lost: lost.signal,
    renew,
    end() {
      clearInterval(asking);
      clearTimeout(over);
    },
  };
}
