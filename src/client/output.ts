import type { Screen } from './render.js';

/** Where the client writes, and how. */
export interface Output {
  readonly json: boolean;
  print(text: string): void;
  screen(): Screen;
  readonly interactive: boolean;
}

/** The terminal or pipe that this process writes to. */
export function outputFor(json: boolean): Output {
  const { stdout, stdin } = process;
  return {
    json,
    interactive: stdout.isTTY && stdin.isTTY && !json,
    print: (text) => stdout.write(`${text}\n`),
    screen: () => ({
      width: stdout.isTTY ? stdout.columns : 80,
      colour: stdout.isTTY && process.env.NO_COLOR === undefined,
      now: new Date(),
    }),
  };
}
