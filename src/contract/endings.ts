import { short } from './digest.js';
import type { Ledger, Outcome } from './state.js';
import { commandFor, type Trouble } from './trouble.js';
import { staysUnchanged } from './yanking.js';

/** What is true once a release has ended, what is not, and what can still be done. */
export function endingOf(ledger: Ledger, outcome: Outcome): Trouble {
  return endings[outcome](ledger);
}

const endings: Readonly<Record<Outcome, (ledger: Ledger) => Trouble>> = {
  released: (ledger) => ({
    now: `${indexOf(ledger)} serves ${named(ledger)}${filesOf(ledger)}. ${mainOf(ledger)}`,
    not: leftOf(ledger),
    next: `Should it turn out bad, also much later: ${toYank(ledger)}.`,
  }),
  yanked: (ledger) => ({
    now: `${indexOf(ledger)} says yanked for ${named(ledger)}${provenAt(ledger)}. ${mainOf(ledger)}`,
    not: 'A yank deletes nothing: who has installed or pinned it keeps it, and its version is spent.',
    next: `Release the repair as a new version; a yank by mistake: \`${commandFor('un-yank', ledger.request, '--reason "…"')}\`.`,
  }),
  'un-yanked': (ledger) => ({
    now: `${indexOf(ledger)} serves ${named(ledger)} again. ${mainOf(ledger)}`,
    not:
      ledger.rollback?.commit === undefined
        ? leftOf(ledger)
        : `${baseOf(ledger)} was not put forward again: what was taken out of it is still out.`,
    next: `${ledger.rollback?.commit === undefined ? '' : `To have it on ${baseOf(ledger)} again, revert there what took it out. `}Should it turn out bad after all: ${toYank(ledger)}.`,
  }),
  abandoned: (ledger) => ({
    now: `Nothing of ${named(ledger)} is on ${indexOf(ledger)}. ${mainOf(ledger)}`,
    not: `${named(ledger)} is not released${candidatesOf(ledger)}.`,
    next: `To try again: \`${commandFor('start', ledger.request)}\`.`,
  }),
};

function leftOf(ledger: Ledger): string {
  return ledger.final?.onBase === false
    ? `${baseOf(ledger)} does not hold its version commit yet: that waits in a pull request.`
    : 'Nothing of it is left to do.';
}

function toYank({ request }: Ledger): string {
  return `\`${commandFor('yank', request, '--reason "…"')}\``;
}

function baseOf({ terms }: Ledger): string {
  return terms?.base ?? 'main';
}

function named({ request }: Ledger): string {
  return `${request.package} ${request.version}`;
}

function indexOf({ terms }: Ledger): string {
  return terms?.production.name ?? 'the production index';
}

function filesOf({ final }: Ledger): string {
  const count = final?.manifest.files.length ?? 0;
  return count === 0 ? '' : ` with the ${String(count)} files that were approved`;
}

function provenAt({ yank }: Ledger): string {
  return yank?.provenAt === undefined ? '' : ` since ${yank.provenAt}`;
}

function candidatesOf({ candidates, terms }: Ledger): string {
  const versions = candidates.flatMap(({ version }) => version ?? []);
  return versions.length === 0
    ? ''
    : `; its candidates stay on ${terms?.test.name ?? 'the test index'} (${versions.join(', ')})`;
}

function mainOf(ledger: Ledger): string {
  const { request, merges, rollback } = ledger;
  const base = baseOf(ledger);
  const merge = merges.at(-1);
  if (merge === undefined) return `${base} was not touched.`;
  if (rollback?.unchanged !== undefined)
    return `${base} ${staysUnchanged(request.version, rollback.unchanged)}.`;
  if (rollback?.commit !== undefined) return `${base} was put back by ${short(rollback.commit)}.`;
  return `${base} holds it since ${short(merge.commit)}.`;
}
