import { escapeHtml } from '../../serving/html.js';
import type { Reply } from '../http.js';
import type { Session } from './sessions.js';

/** One input of a form. */
export interface Input {
  readonly name: string;
  readonly type?: 'hidden' | 'text' | 'password' | 'checkbox';
  readonly value?: string;
}

/** A page that was found. */
export function page(title: string, parts: readonly string[]): Reply {
  const lines = [
    '<!DOCTYPE html>\n<html lang="en">',
    `<head><title>${escapeHtml(title)} · Index stand-in</title></head>`,
    `<body>\n<h1>${escapeHtml(title)}</h1>`,
    ...parts,
    '</body>\n</html>\n',
  ];
  return { status: 200, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: lines.join('\n') };
}

/** A form that posts its inputs and the session's CSRF token. */
export function form(session: Session, action: string, inputs: readonly Input[], button: string): string {
  const fields = [{ name: 'csrf_token', value: session.csrf() }, ...inputs].map(
    ({ name, type = 'hidden', value }: Input) =>
      `  <input name="${escapeHtml(name)}" type="${type}"${value === undefined ? '' : ` value="${escapeHtml(value)}"`}>`,
  );
  return [
    `<form method="post" action="${escapeHtml(action)}">`,
    ...fields,
    // As on PyPI, the button has no name and so sends nothing.
    `  <button type="submit">${escapeHtml(button)}</button>`,
    '</form>',
  ].join('\n');
}

/** What was wrong with a form. */
export function errors(messages: readonly string[]): string {
  const items = messages.map((message) => `<li>${escapeHtml(message)}</li>`).join('');
  return messages.length === 0 ? '' : `<ul class="form-errors" role="alert">${items}</ul>`;
}

/** One paragraph. */
export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}
