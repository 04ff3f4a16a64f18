/** The most lines of one list: a pipe is read from its end, and the status shows all. */
const most = 6;

/** The first lines of a list, and how many more there are. */
export function someOf(lines: readonly string[]): string[] {
  const more = lines.length - most;
  return [...lines.slice(0, most), ...(more > 0 ? [`and ${String(more)} more`] : [])];
}
