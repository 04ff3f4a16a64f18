/**
 * A text from outside as one line in which nothing can hide: without control characters, which a terminal would obey,
 * and without characters that are not seen or that turn the direction of reading.
 */
export function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\p{Cf}\p{Cs}]+/gu, '');
}

/** A text that begins as a sentence does. */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
