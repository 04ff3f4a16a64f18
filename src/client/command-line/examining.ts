import type { Command } from 'commander';

import { nameProblem, versionProblem } from '../../contract/version.js';
import { ClientFailure, exitCodes } from '../failures.js';
import { outputFor } from '../output.js';
import { checked, commonOptions, packageArgument, versionArgument } from './arguments.js';
import { requestOf, withRequestOptions, type RequestOptions } from './request.js';

/** `slipway doctor`. */
export function addDoctor(program: Command): void {
  withRequestOptions(program.command('doctor'))
    .description('look at everything that a release needs, and change nothing')
    .argument('[package]', 'the normalised name; without it only the service', checked(nameProblem))
    .argument('[version]', 'the final version', checked(versionProblem))
    .action(async (name: string | undefined, version: string | undefined, options: RequestOptions) => {
      const { json, as } = commonOptions(program);
      // It loads the engine's client, which costs a good part of a second.
      const { doctor } = await import('../doctor.js');
      const request = name === undefined ? undefined : requestOf(name, named(version), as, options);
      process.exitCode = await doctor(request, outputFor(json));
    });
}

/** `slipway plan`. */
export function addPlan(program: Command): void {
  withRequestOptions(program.command('plan'))
    .description('show what a release would do on which commit, and change nothing')
    .argument(...packageArgument)
    .argument(...versionArgument)
    .action((name: string, version: string, options: RequestOptions) =>
      showPlan(program, name, version, options),
    );
}

/** Shows what a release would do. */
export async function showPlan(
  program: Command,
  name: string,
  version: string,
  options: RequestOptions,
): Promise<void> {
  const { json, as } = commonOptions(program);
  const { plan } = await import('../plan.js');
  process.exitCode = await plan(requestOf(name, version, as, options), outputFor(json));
}

function named(version: string | undefined): string {
  if (version !== undefined) return version;
  throw new ClientFailure(
    {
      now: 'A package is named, and no version of it.',
      not: 'Nothing was looked at.',
      next: '`slipway doctor <package> <version>`',
    },
    exitCodes.usage,
  );
}
