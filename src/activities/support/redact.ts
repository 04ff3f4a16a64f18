/** The text without these values, in the forms in which they usually come: plain, escaped, URL-encoded and base64. */
export function redact(text: string, values: readonly string[]): string {
  const forms = values
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
  return forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}

/** As a text between single quotes holds it, in a `.env` and in Python. */
export function quoted(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
