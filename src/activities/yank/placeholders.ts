import type { Target, Yank } from './driver.js';

/** What a text of the settings can be filled in with. */
export type About = Target & Partial<Pick<Yank, 'reason'>>;

/** A reason as an index can show it. */
export function oneLine(reason: string): string {
  return reason.replaceAll(/\p{Cc}+/gu, ' ');
}

/** Fills a text of the settings in; each value stays what it is, whatever a reason says. */
export function placeholders(
  { subject, reason = '' }: About,
  encoded: (value: string) => string = (value) => value,
): (text: string) => string {
  const values = new Map([
    ['{package}', subject.package],
    ['{version}', subject.version],
    // Control characters have no place in an argument or a line, and NUL would end it.
    ['{reason}', oneLine(reason)],
  ]);
  return (text) =>
    text.replaceAll(/\{(?:package|version|reason)\}/g, (placeholder) =>
      encoded(values.get(placeholder) ?? placeholder),
    );
}
