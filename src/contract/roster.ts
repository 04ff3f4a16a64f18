/** A stretch of time in which somebody is on watch: at hand, and able to yank at once. */
export interface Shift {
  readonly by: string;
  /** ISO 8601 in UTC, as every time here. */
  readonly from: string;
  /** Undefined until the release ends. */
  readonly until?: string;
}

/** A stretch of time in which somebody can be asked, by the roster of the settings. */
export interface PlannedShift extends Shift {
  readonly until: string;
  /** The same in the person's own time zone, as people read it. */
  readonly local: string;
}

/** Somebody who was asked, and when. */
export interface Call {
  readonly who: string;
  readonly at: string;
}

const isIn = ({ from, until }: Shift, at: string): boolean =>
  from <= at && (until === undefined || at < until);

/** Who is on watch at a moment. */
export function onWatchAt(shifts: readonly Shift[], at: string): string[] {
  return [...new Set(shifts.filter((shift) => isIn(shift, at)).map(({ by }) => by))];
}

/** Until when somebody is on watch without a gap: undefined where that has no end, the moment itself where nobody is. */
export function coveredUntil(shifts: readonly Shift[], from: string): string | undefined {
  let covered = from;
  for (;;) {
    const now = shifts.filter((shift) => isIn(shift, covered));
    const untils = now.map(({ until }) => until);
    if (untils.includes(undefined)) return undefined;
    const furthest = untils.reduce<string>(
      (far, until) => (until !== undefined && until > far ? until : far),
      covered,
    );
    if (furthest === covered) return covered;
    covered = furthest;
  }
}

/** The stretches of a time in which nobody is on watch. */
export function gapsIn(
  shifts: readonly Shift[],
  from: string,
  until: string,
): { readonly from: string; readonly until: string }[] {
  const gaps = [];
  let at: string | undefined = from;
  while (at !== undefined && at < until) {
    const covered = coveredUntil(shifts, at);
    if (covered === undefined || covered >= until) break;
    const next = shifts
      .map((shift) => shift.from)
      .filter((start) => start > covered && start < until)
      .sort()[0];
    gaps.push({ from: covered, until: next ?? until });
    at = next;
  }
  return gaps;
}

/** In which order people are asked: who is on watch, who is planned for this hour, and then everybody else who may answer. */
export function callOrder(
  {
    shifts,
    plan,
    approvers,
  }: { shifts: readonly Shift[]; plan: readonly Shift[]; approvers: readonly string[] },
  at: string,
): string[] {
  return [...new Set([...onWatchAt(shifts, at), ...onWatchAt(plan, at), ...approvers])];
}
