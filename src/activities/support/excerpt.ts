/** The lines of a failed test that matter. */
export interface Excerpt {
  /** The last place in the tests or the package, as `file:line`. */
  readonly where: string;
  /** That place with its source, and what went wrong there. */
  readonly lines: readonly string[];
}

/** The most lines of what went wrong. */
const mostLines = 15;

/** A place as pytest has it, and as a traceback has it. */
const places = [/^(\S+\.py):(\d+): /, /^\s*File "(.+?)", line (\d+)/] as const;

/** What counts of a failure's text: the assertion or error and the last frame that is not somebody else's code. */
export function excerptOf(message: string, importName: string): Excerpt | undefined {
  const lines = message.split('\n');
  const frames = lines.flatMap((line, at) => {
    const [, file, number] =
      places.map((place) => place.exec(`${line} `)).find((found) => found !== null) ?? [];
    return file === undefined || !isOwn(file, importName) ? [] : [{ at, where: `${file}:${number ?? ''}` }];
  });
  const frame = frames.at(-1);
  if (frame === undefined) return undefined;
  const errors = lines.filter((line) => /^E\s/.test(line)).map((line) => line.replace(/^E {0,7}/, ''));
  const shown = errors.length > 0 ? errors : lines.slice(-1);
  const more = shown.length - mostLines;
  return {
    where: frame.where,
    lines: [
      `${frame.where}  ${sourceAt(lines, frame.at)}`.trimEnd(),
      ...shown.slice(0, mostLines),
      ...(more > 0 ? [`… and ${String(more)} more lines`] : []),
    ],
  };
}

/** Files of the tests and of the package: not the interpreter's, and of what is installed only the package. */
function isOwn(file: string, importName: string): boolean {
  const installed = /\/(?:site|dist)-packages\/(.*)$/.exec(`/${file}`)?.[1];
  if (installed !== undefined)
    return installed.startsWith(`${importName}/`) || installed === `${importName}.py`;
  return !file.startsWith('/') && !file.startsWith('<');
}

/** The source line of a frame: below its place, or, of the first and last frame of pytest, marked above it. */
function sourceAt(lines: readonly string[], at: number): string {
  const below = lines[at + 1] ?? '';
  if (/^\s+\S/.test(below)) return below.trim();
  return (lines.slice(0, at).findLast((line) => /^>\s/.test(line)) ?? '').replace(/^>/, '').trim();
}
