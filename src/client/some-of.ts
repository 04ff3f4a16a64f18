/** The most lines of one list: a pipe is read from its end, and the status shows all. */
const most = 6;

/** The first lines of a list, how many more there are, and the last one: what it came to. */
export function someOf(lines: readonly string[]): string[] {
  const more = lines.length - most;
  return more > 0
    ? [...lines.slice(0, most - 1), `and ${String(more)} more`, ...lines.slice(-1)]
    : [...lines];
}
