import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

import type { YankRecord } from '../contract/state.js';
import { commandFor, troubleSubject } from '../contract/trouble.js';
import { notPassed, type Verdict } from '../contract/verdict.js';
import { installing } from './activities.js';
import type { Desk } from './desk.js';
import { made, sourceAt } from './quality.js';
import { describeTrouble } from './trouble.js';

/** The proof of one yank by an installation, which runs beside everything else. */
export interface Proving {
  readonly of: YankRecord;
  /** Whether it is over; what broke on the way is thrown. */
  ended(): boolean;
  /** Ends it without waiting. */
  cancel(): void;
}

/** Begins to prove a yank; what stays wrong is put to people, but only when main is right. */
export function startProving(desk: Desk, yank: YankRecord, isMainRight: () => boolean): Proving {
  const scope = new CancellationScope();
  const state: { ended: boolean; error?: Error } = { ended: false };
  const proved = scope.run(() => prove(desk, yank, isMainRight));
  proved
    .catch((error: unknown) => {
      if (!isCancellation(error)) state.error = error as Error;
    })
    .finally(() => (state.ended = true));
  return {
    of: yank,
    ended() {
      if (state.error !== undefined) throw state.error;
      return state.ended;
    },
    cancel: () => {
      scope.cancel();
    },
  };
}

async function prove(desk: Desk, yank: YankRecord, isMainRight: () => boolean): Promise<void> {
  const { package: name, version } = desk.subject;
  while (yank.fallback === undefined) {
    const verdict = await install(desk);
    desk.note(...verdict.evidence);
    if (verdict.passed) {
      yank.fallback = { versions: verdict.versions, at: desk.now() };
      return;
    }
    // Of two open questions that take a `retry`, people could answer the wrong one.
    await condition(isMainRight);
    const found = verdict.findings.map(({ title }) => title);
    const answer = await desk.ask({
      id: 'fallback',
      consequence: `The index says yanked for ${name} ${version}, and an installation without a pin does not prove it: retry installs again, keep goes without that proof.`,
      subject: [
        ...found.map((value) => ({ label: 'finding', value })),
        ...troubleSubject({
          now: `The index says yanked for every file of ${name} ${version}.`,
          not: 'No installation without a pin has shown that it takes another version.',
          next: `\`${commandFor('retry', desk.subject, '--reason "…"')}\` installs again.`,
        }),
        { label: 'asked', value: desk.now() },
      ],
      answers: ['retry', 'keep'],
      quorum: 1,
    });
    if (answer.kind === 'keep') yank.fallback = { waivedBy: answer.by, why: found.join('; ') };
  }
}

/** An installation that cannot even be tried is as little a proof as one that takes the yanked version. */
async function install(desk: Desk): Promise<Verdict<{ versions: readonly string[] }>> {
  const { main, production: index } = desk.terms;
  const { manifest } = made(desk.ledger.final, 'final version');
  try {
    return await installing.awaitFallback({ index, main, manifest, source: sourceAt(desk, manifest.commit) });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { now, not, next } = describeTrouble(error);
    return notPassed([{ title: now, detail: `${not}\n${next}` }]);
  }
}
