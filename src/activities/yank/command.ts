import { isProgram } from '../support/programs.js';
import type { Command } from '../support/run.js';
import { inThrowawayFolder, runKept, toolEnvironment, type Workbench } from '../support/workbench.js';
import type { Driver, DriverArming } from './driver.js';
import { placeholders, type About } from './placeholders.js';

/** Yanks by the command from the settings, which has the settings' secrets in its environment. */
export function commandDriver(bench: Workbench): Driver {
  const { command, check, unYank } = bench.settings.yank;
  return {
    async yank(yank) {
      const problem = whyNot(bench) ?? (await whyNotFound(bench));
      if (problem !== undefined) return { acted: false, evidence: [{ what: problem }], toDo: [] };
      const { ended, ending, log } = await runFilled(bench, command, yank);
      const evidence = [{ what: `The command that yanks ${ending}`, digest: log }];
      return { acted: ended ? true : 'perhaps', evidence, toDo: [] };
    },

    async unYank(yank) {
      const problem =
        unYank === undefined ? 'The settings name no command that takes a yank back.' : whyNot(bench);
      if (problem !== undefined) return { acted: false, evidence: [{ what: problem }], toDo: [] };
      const { ended, ending, log } = await runFilled(bench, unYank, yank);
      const evidence = [{ what: `The command that takes a yank back ${ending}`, digest: log }];
      return { acted: ended ? true : 'perhaps', evidence, toDo: [] };
    },

    async arm(target) {
      const problem = whyNot(bench) ?? (await whyNotFound(bench));
      if (problem !== undefined) return unarmed(problem);
      if (check === undefined)
        return armed({ what: `The command that yanks is there: ${command?.[0] ?? ''}` });
      const { ended, ending, log } = await runFilled(bench, check, target);
      const evidence = { what: `The check of the command that yanks ${ending}`, digest: log };
      if (ended) return armed(evidence);
      // Its exit code does not tell an index that is down from a right that is gone.
      return { state: 'unclear', evidence: [evidence], toDo: [`${evidence.what}: its output is kept.`] };
    },
  };
}

function armed(evidence: DriverArming['evidence'][number]): DriverArming {
  return { state: 'armed', evidence: [evidence], toDo: [] };
}

function unarmed(problem: string): DriverArming {
  return { state: 'unarmed', evidence: [{ what: problem }], toDo: [problem] };
}

/** Why the command cannot even be started. */
export function whyNot({ settings, secrets }: Workbench): string | undefined {
  const { command, secrets: names } = settings.yank;
  if (command === undefined) return 'The settings name no command that yanks.';
  const missing = names.filter((name) => !secrets.has(name));
  return missing.length === 0
    ? undefined
    : `The command that yanks needs ${missing.join(', ')}, which this worker does not hold.`;
}

/** Why its program cannot be found. */
export async function whyNotFound(bench: Workbench): Promise<string | undefined> {
  const [program = ''] = bench.settings.yank.command ?? [];
  return (await isProgram(program, toolEnvironment(bench, '/').PATH ?? ''))
    ? undefined
    : `The command that yanks is not there: no program ${program} can be run on this machine.`;
}

/** Runs a command of the settings for a release; it has ended if it has ended well. */
async function runFilled(bench: Workbench, [program = '', ...args]: readonly string[] = [], about: About) {
  const { secrets, limitSeconds: timeoutSeconds } = bench.settings.yank;
  const values = Object.fromEntries(secrets.map((name) => [name, bench.secrets.get(name)]));
  const filled: Command = [program, ...args.map(placeholders(about))];
  const { exitCode, timedOut, log } = await inThrowawayFolder(bench, (folder) =>
    runKept(bench, filled, {
      cwd: folder,
      env: { ...toolEnvironment(bench, folder), ...values },
      timeoutSeconds,
      hide: Object.values(values),
    }),
  );
  const ending = timedOut
    ? `did not end within ${String(timeoutSeconds)} seconds`
    : `ended with ${String(exitCode ?? 'a signal')}`;
  return { ended: !timedOut && exitCode === 0, ending, log };
}
