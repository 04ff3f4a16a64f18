import { z } from 'zod';

import { failure, type Reply } from '../http.js';
import { form, page } from './page.js';
import { projectsPath, releasePath, releasesPath } from './paths.js';
import { seeOther, visitor, type Visit } from './visit.js';

/** A page that wants the password again, by the names that its site has for it. */
export interface Route {
  readonly name: 'manage.project.releases' | 'manage.project.release';
  readonly project: string;
  readonly version?: string;
}

const matchShape = z.object({ project_name: z.string(), version: z.string().optional() });

/** The page that stands in place of another one, with that one's status 200. */
export function passwordPage({ session, exchange }: Visit, { name, project, version }: Route): Reply {
  const matched = { project_name: project, ...(version === undefined ? {} : { version }) };
  const query = Object.fromEntries(new URLSearchParams(exchange.query));
  const inputs = [
    { name: 'next_route', value: name },
    { name: 'next_route_matchdict', value: JSON.stringify(matched) },
    { name: 'next_route_query', value: JSON.stringify(query) },
    { name: 'password', type: 'password' } as const,
  ];
  return page('Confirm password', [form(session, '/account/reauthenticate/', inputs, 'Confirm password')]);
}

/** Answers `/account/reauthenticate/`: always the same way on, whether the password was right or not. */
export function reauthenticate(visit: Visit): Reply {
  const person = visitor(visit);
  if (person === undefined) return seeOther(visit, '/account/login/');
  const next = nextPath(visit.form);
  if (next === undefined) return failure(400, 'Bad Request');
  const password = visit.form.get('password') ?? '';
  const isPosted = visit.exchange.method === 'POST';
  if (isPosted && visit.desk.people.checkPassword(person, password, visit.exchange.address) === true)
    visit.session.confirm();
  return seeOther(visit, next);
}

function nextPath(form: URLSearchParams): string | undefined {
  const route = form.get('next_route');
  if (route === null) return projectsPath;
  const matched = matchShape.safeParse(parse(form.get('next_route_matchdict') ?? ''));
  if (!matched.success) return undefined;
  const { project_name: project, version } = matched.data;
  if (route === 'manage.project.releases') return releasesPath(project);
  return route === 'manage.project.release' && version !== undefined
    ? releasePath(project, version)
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
