import { notifications } from '../contract/notifications.js';
import { plainLine } from '../contract/plain.js';
import type { Ledger } from '../contract/state.js';

/** The most characters that the desktop shows. */
const longest = 200;

/**
 * What makes a terminal call a person when a release begins to wait for them, from one look at it to the next; empty where
 * nothing has. What waits at the first look is on the screen. `SLIPWAY_BELL=none` turns it off.
 */
export function ringer(person: string, env: NodeJS.ProcessEnv): (ledger: Ledger, now: Date) => string {
  let known: ReadonlySet<string> | undefined;
  return (ledger, now) => {
    const mine = notifications(ledger, now.toISOString()).filter(({ to }) => to.includes(person));
    const news = known === undefined ? [] : mine.filter(({ key }) => known?.has(key) === false);
    known = new Set([...(known ?? []), ...mine.map(({ key }) => key)]);
    const [first] = news;
    if (first === undefined || env.SLIPWAY_BELL === 'none') return '';
    const { package: name, version } = ledger.request;
    return ring(`${name} ${version}`, first.says[0] ?? '', env);
  };
}

/** The bell, and what the desktop shows where the terminal is one that passes it on: others might print it. */
function ring(title: string, text: string, env: NodeJS.ProcessEnv): string {
  const [about = '', what = ''] = [title, text].map((part) =>
    plainLine(part).replaceAll(';', ',').slice(0, longest),
  );
  const bodies = { 9: `${about}: ${what}`, 777: `notify;${about};${what}` };
  const command = commandOf(env);
  return `${command === undefined ? '' : `\u001b]${String(command)};${bodies[command]}\u0007`}\u0007`;
}

/** The terminals that know the one form, and those that know the other. */
const programs = ['iTerm.app', 'WezTerm', 'ghostty', 'WarpTerminal'];

/** The operating system command by which a terminal has the desktop show something, as far as it is known to. */
function commandOf({
  TERM_PROGRAM: program = '',
  TERM: kind = '',
  VTE_VERSION: vte,
}: NodeJS.ProcessEnv): 9 | 777 | undefined {
  if (programs.includes(program) || kind === 'xterm-kitty') return 9;
  return /^(foot|rxvt)/.test(kind) || (vte !== undefined && kind.startsWith('xterm')) ? 777 : undefined;
}
