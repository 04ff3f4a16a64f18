const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** No wait is longer than a year, in seconds: the dates of one without end cannot be written down. */
export const longestDuration = 366 * 86_400;

/** A duration such as `90s`, `10m`, `12h` or `2d` in seconds; undefined if it is none, or longer than a year. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d+)([smhd])$/.exec(text);
  const unit = units[parts?.[2] ?? ''];
  const seconds = unit === undefined ? Infinity : Number(parts?.[1]) * unit;
  return seconds > longestDuration ? undefined : seconds;
}

/** Seconds as `parseDuration` reads them, in the largest unit that says them exactly. */
export function formatDuration(seconds: number): string {
  const [name, unit] = Object.entries(units).findLast(
    ([, size]) => seconds >= size && seconds % size === 0,
  ) ?? ['s', 1];
  return `${String(seconds / unit)}${name}`;
}
