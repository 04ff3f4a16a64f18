import type { Screen } from './render.js';

/** Where the client writes, and how. */
export interface Output {
  readonly json: boolean;
  print(text: string): void;
  screen(): Screen;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** The terminal that a picture can be drawn on again and again, if it is one. */
  readonly terminal?: NodeJS.WriteStream;
}

/** The terminal or pipe that this process writes to. */
export function outputFor(json: boolean): Output {
  const { stdout, stdin } = process;
  const { NO_COLOR: noColour = '', TERM: kind } = process.env;
  const draws = stdout.isTTY && kind !== 'dumb';
  return {
    json,
    interactive: stdout.isTTY && stdin.isTTY && !json,
    print: (text) => stdout.write(`${text}\n`),
    screen: () => ({
      width: stdout.isTTY ? stdout.columns : 80,
      colour: draws && noColour === '',
      now: new Date(),
    }),
    ...(draws && !json ? { terminal: stdout } : {}),
  };
}
