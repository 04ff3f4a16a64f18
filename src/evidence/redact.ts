/** The text without these values, in the forms in which they usually come: plain, escaped, URL-encoded and base64. */
export function redact(text: string, values: readonly string[]): string {
  return formsOf(values).reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}

/** Redacts a text that comes in pieces: what may be the beginning of a value is held back until more is known. */
export function redacting(values: readonly string[]): { push(piece: string): string; end(): string } {
  const forms = formsOf(values);
  const longest = forms[0]?.length ?? 0;
  let held = '';
  return {
    push(piece) {
      held += piece;
      const cut = cutBefore(held, held.length - Math.max(0, longest - 1), forms);
      const free = held.slice(0, cut);
      held = held.slice(cut);
      return redact(free, values);
    },
    end() {
      const rest = redact(held, values);
      held = '';
      return rest;
    },
  };
}

/** The last place at or before the wanted one that lies within none of the forms. */
function cutBefore(text: string, wanted: number, forms: readonly string[]): number {
  let cut = Math.max(0, wanted);
  for (;;) {
    const starts = forms.flatMap((form) => {
      const from = Math.max(0, cut - form.length + 1);
      const found = text.slice(from, cut + form.length - 1).indexOf(form);
      return found < 0 ? [] : [from + found];
    });
    const first = Math.min(cut, ...starts);
    if (first === cut) return cut;
    cut = first;
  }
}

/** The longest first: one may hold another. */
function formsOf(values: readonly string[]): string[] {
  return values
    .filter((value) => value !== '')
    .flatMap((value) => [
      value,
      quoted(value),
      quoted(value).replaceAll('\n', '\\n'),
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
    ])
    .sort((a, b) => b.length - a.length);
}

/** As a text between single quotes holds it, in a `.env` and in Python. */
export function quoted(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
