import { momentInZone } from '../../config/hours.js';
import type { Notification } from '../../contract/notifications.js';
import { plainLine } from '../../contract/plain.js';

/** The most characters of one line: what is left out, the status shows. */
const longest = 300;

/** A notification as plain text, for these people by name, with times in the zone that they share. */
export function textOf(
  { says, commands, deadlines }: Pick<Notification, 'says' | 'commands' | 'deadlines'>,
  { names, zone, page }: { names: readonly string[]; zone: string; page?: string | undefined },
): string {
  const [first = '', ...rest] = says.map(harmless);
  return [
    names.length === 0 ? first : `${names.map(harmless).join(', ')}: ${first}`,
    rest.join('\n'),
    commands.length === 0
      ? ''
      : ['Type one of these:', ...commands.map((line) => `  ${plainLine(line)}`)].join('\n'),
    deadlines.map(({ what, at }) => `${harmless(what)} ends at ${momentInZone(at, zone)}`).join('\n'),
    page === undefined ? '' : `Look at it: ${page}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/**
 * A line that may be a stranger's, so that it calls nobody and hides no address behind other words where a channel takes a
 * text for markup: a character that is not seen keeps `@everyone` and `](` apart. Apprise escapes HTML.
 */
function harmless(line: string): string {
  const plain = plainLine(line).trim();
  const cut = plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
  return cut.replaceAll('@', '@\u200b').replaceAll('](', ']\u200b(');
}
