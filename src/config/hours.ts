import { DateTime, Duration } from 'luxon';

/** The days of a week, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Hours of a week on the clocks of one place; such as end before they begin go on into the next day. */
export interface Hours {
  /** An IANA time zone. */
  readonly zone: string;
  /** `HH:MM-HH:MM`, up to `24:00`. */
  readonly hours: string;
  readonly days: readonly Weekday[];
}

/** A stretch of time between two moments, ISO 8601 in UTC. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** The stretches of these hours that touch the time between two moments; each is whole, and summer time is reckoned with. */
export function stretches(hours: Hours, from: Date, until: Date): Stretch[] {
  const [begin, end] = clocks(hours);
  const last = DateTime.fromJSDate(until, { zone: hours.zone });
  const found: Stretch[] = [];
  // Hours of the day before may reach into the first day.
  for (let day = localDay(from, hours.zone).minus({ days: 1 }); day <= last; day = day.plus({ days: 1 })) {
    if (!hours.days.includes(weekdays[day.weekday - 1] ?? 'mon')) continue;
    const opens = at(day, begin);
    const closes = at(end > begin ? day : day.plus({ days: 1 }), end);
    if (closes.toMillis() > from.getTime() && opens.toMillis() < until.getTime())
      found.push({ from: utc(opens), until: utc(closes) });
  }
  return found;
}

/** Hours as people read them, such as `mon, tue 09:00-15:00 Europe/Berlin`. */
export function hoursInWords({ days, hours, zone }: Hours): string {
  const when = weekdays.every((day) => days.includes(day)) ? 'every day' : days.join(', ');
  return `${when} ${hours} ${zone}`;
}

/** A stretch as people in a zone read it, such as `Mon 24 Aug 08:00–16:00 Europe/Berlin`. */
export function inZone({ from, until }: Stretch, zone: string): string {
  const [begin, end] = [from, until].map((moment) => DateTime.fromISO(moment, { zone, locale: 'en-GB' }));
  const other = begin?.hasSame(end ?? begin, 'day') === true ? 'HH:mm' : 'ccc HH:mm';
  return `${begin?.toFormat('ccc d LLL HH:mm') ?? ''}–${end?.toFormat(other) ?? ''} ${zone}`;
}

/** A moment as people in a zone read it, such as `24 Aug 2026 16:00 Europe/Berlin`. */
export function momentInZone(moment: string, zone: string): string {
  return `${DateTime.fromISO(moment, { zone, locale: 'en-GB' }).toFormat('d LLL yyyy HH:mm')} ${zone}`;
}

/** Whether there is such a time zone. */
export function isZone(name: string): boolean {
  return (DateTime.now().setZone(name).isValid && name.includes('/')) || name === 'UTC';
}

/** The clock times of hours as durations since midnight. */
function clocks({ hours }: Hours): [Duration, Duration] {
  const [begin = '', end = ''] = hours.split('-');
  return [Duration.fromISOTime(begin), Duration.fromISOTime(end)];
}

function localDay(moment: Date, zone: string): DateTime {
  return DateTime.fromJSDate(moment, { zone }).startOf('day');
}

/** By the clock on the wall: a day of 23 or 25 hours has its eight o'clock, too. */
function at(day: DateTime, clock: Duration): DateTime {
  const { hours, minutes } = clock;
  return hours === 24 ? day.plus({ days: 1 }).startOf('day') : day.set({ hour: hours, minute: minutes });
}

function utc(moment: DateTime): string {
  return moment.toJSDate().toISOString();
}
