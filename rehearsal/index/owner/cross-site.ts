import type { Visit } from './visit.js';

/** Why a posted form may come from another site; over http nobody looks where it comes from. */
export function crossSiteProblem({ exchange, origin, form, session }: Visit): string | undefined {
  const { headers } = exchange;
  if (origin.startsWith('https:')) {
    const from = headers.origin ?? headers.referer;
    if (from === undefined || from === '') return 'Origin checking failed - no Origin or Referer.';
    if (!URL.canParse(from) || new URL(from).origin !== origin)
      return `Origin checking failed - ${from} does not match any trusted origins.`;
  }
  const sent = form.get('csrf_token') ?? headers['x-csrf-token'];
  return sent === session.csrf() ? undefined : 'Bad CSRF Token';
}
