import type { Command } from '../support/run.js';
import { inThrowawayFolder, runKept, toolEnvironment, type Workbench } from '../support/workbench.js';
import type { Yank, YankDriverCall } from './driver.js';

/** Yanks by the command from the settings, which has the settings' secrets in its environment. */
export function commandDriver(bench: Workbench): YankDriverCall {
  const { command, secrets } = bench.settings.yank;
  return async (yank) => {
    const [program, ...args] = command ?? [];
    if (program === undefined) return skipped('The settings name no command that yanks.');
    const missing = secrets.filter((name) => !bench.secrets.has(name));
    if (missing.length > 0)
      return skipped(`The command that yanks needs ${missing.join(', ')}, which this worker does not hold.`);
    const values = Object.fromEntries(secrets.map((name) => [name, bench.secrets.get(name)]));
    const filled: Command = [program, ...args.map((argument) => fill(argument, yank))];
    const { exitCode, timedOut, log } = await inThrowawayFolder(bench, (folder) =>
      runKept(bench, filled, {
        cwd: folder,
        env: { ...toolEnvironment(bench, folder), ...values },
        timeoutSeconds: 60,
        hide: Object.values(values),
      }),
    );
    const ending = timedOut ? 'did not end within a minute' : `ended with ${String(exitCode ?? 'a signal')}`;
    return { acted: true, evidence: [{ what: `The command that yanks ${ending}`, digest: log }], toDo: [] };
  };
}

/** Fills one argument: each placeholder stays inside its argument, whatever the reason says. */
function fill(argument: string, { subject, reason }: Yank): string {
  const values = new Map([
    ['{package}', subject.package],
    ['{version}', subject.version],
    // Control characters have no place in an argument, and NUL would end it.
    ['{reason}', reason.replaceAll(/\p{Cc}+/gu, ' ')],
  ]);
  return argument.replaceAll(
    /\{(?:package|version|reason)\}/g,
    (placeholder) => values.get(placeholder) ?? placeholder,
  );
}

function skipped(what: string) {
  return { acted: false, evidence: [{ what }], toDo: [] };
}
