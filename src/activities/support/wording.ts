/** The most characters of a cause in a finding's title. */
const longestCause = 200;

/** A number of things, in words. */
export function count(number: number, thing: string): string {
  return `${String(number)} ${thing}${number === 1 ? '' : 's'}`;
}

/** The last line of an output, which is where a traceback names its error. */
export function lastWords(output: string): string {
  const line = output.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return shortened(line === '' ? 'it said nothing' : line);
}

/** A line that fits a title, cut in its middle. */
export function shortened(line: string): string {
  return line.length <= longestCause
    ? line
    : `${line.slice(0, longestCause / 2)}…${line.slice(-longestCause / 2)}`;
}
