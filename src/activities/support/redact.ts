/** The text without these values, in the three forms in which they usually come: plain, URL-encoded and base64. */
export function redact(text: string, values: readonly string[]): string {
  const forms = values
    .filter((value) => value !== '')
    .flatMap((value) => [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
    ])
    .sort((a, b) => b.length - a.length);
  return forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}
