import type { Command } from 'commander';

import { exitCodeHelp } from '../failures.js';
import { outputFor } from '../output.js';
import { commonOptions } from './arguments.js';

/** `slipway exit-codes`. */
export function addExitCodes(program: Command): void {
  program
    .command('exit-codes')
    .description('say what the exit codes mean')
    .action(() => {
      const { json } = commonOptions(program);
      const codes = exitCodeHelp.map(([code, meaning]) => ({ code, meaning }));
      outputFor(json).print(
        json
          ? JSON.stringify(codes)
          : exitCodeHelp.map(([code, meaning]) => `${String(code).padStart(3)}  ${meaning}`).join('\n'),
      );
    });
}
