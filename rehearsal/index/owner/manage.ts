import { escapeHtml } from '../../serving/html.js';
import { setYanked } from '../owner.js';
import type { Reply } from '../http.js';
import { quoted } from '../names.js';
import type { Project, Release } from '../state.js';
import { form, page, paragraph, type Input } from './page.js';
import { releasePath, releasesPath } from './paths.js';
import { owns, type Person } from './people.js';
import { seeOther, type Visit } from './visit.js';

/** Answers `/manage/projects/`. */
export function projectsPage({ desk }: Visit, person: Person): Reply {
  const projects = [...desk.store.state.projects.values()].filter(({ name }) => owns(person, name));
  return page(
    'Your projects',
    projects.map(({ spelling }) => link(releasesPath(spelling), spelling)),
  );
}

/** Answers `/manage/project/<name>/releases/`. */
export function releasesPage(visit: Visit, project: Project): Reply {
  return page(
    `Manage '${project.spelling}' releases`,
    [...project.releases.values()].flatMap((release) => {
      const path = releasePath(project.spelling, release.version);
      return [link(path, release.version), ...releaseForms(visit, release, path)];
    }),
  );
}

/** Answers `/manage/project/<name>/release/<version>/`; its forms are posted to the path under which it was asked for. */
export function releasePage(visit: Visit, project: Project, release: Release): Reply {
  const title = `Manage '${project.spelling}' – release version ${release.version}`;
  if (release.quarantined)
    return page(title, [
      paragraph('This release has been quarantined.'),
      paragraph('Yank and delete actions are unavailable while this release is in quarantine.'),
    ]);
  const { path } = visit.exchange;
  const forms = release.yanked === false ? [yankForm(visit, path)] : [];
  return page(title, ['<h2>Release settings</h2>', ...forms, deleteForm(visit, path)]);
}

function releaseForms(visit: Visit, release: Release, path: string): string[] {
  if (release.quarantined) return [];
  return release.yanked === false
    ? [yankForm(visit, path), deleteForm(visit, path)]
    : [form(visit.session, path, [confirmation('unyank')], 'Un-yank release')];
}

/** Answers a posted yank or un-yank as there: only what it leads to tells how it went, and not even that. */
export function changeRelease(
  visit: Visit,
  action: 'yank' | 'unyank',
  project: Project,
  release: Release,
): Reply {
  const { desk, session, exchange } = visit;
  const refused = refusal(visit, action, release);
  if (refused !== undefined) {
    session.flash(refused);
    return seeOther(visit, releasePath(project.spelling, release.version));
  }
  const reason = visit.form.get('yanked_reason') ?? '';
  const yanked = action === 'yank' && (reason || true);
  // In read-only mode everything is said and nothing is kept.
  if (exchange.fault?.kind !== 'not-stored')
    setYanked(desk.store, project.spelling, release.version, yanked, exchange.request);
  session.flash(`${action === 'yank' ? 'Yanked' : 'Un-yanked'} release ${quoted(release.version)}`);
  return seeOther(visit, releasesPath(project.spelling));
}

function refusal(
  { desk, form: sent }: Visit,
  action: 'yank' | 'unyank',
  release: Release,
): string | undefined {
  if (release.quarantined) return 'This release is in quarantine and cannot be modified.';
  const version = sent.get(`confirm_${action}_version`);
  if (version === null || version === '') return 'Confirm the request';
  if (version !== release.version)
    return `Could not ${action === 'yank' ? 'yank' : 'un-yank'} release - ${quoted(version)} is not the same as ${quoted(release.version)}`;
  const unticked = action === 'yank' && desk.boxes.some((name) => !sent.has(name));
  return unticked ? 'Confirm the request' : undefined;
}

function yankForm({ session, desk }: Visit, path: string): string {
  const boxes = desk.boxes.map((name): Input => ({ name, type: 'checkbox' }));
  const inputs = [{ name: 'yanked_reason', type: 'text' } as const, ...boxes, confirmation('yank')];
  return form(session, path, inputs, 'Yank release');
}

function deleteForm({ session }: Visit, path: string): string {
  return form(session, path, [confirmation('delete')], 'Delete release');
}

function confirmation(action: 'yank' | 'unyank' | 'delete'): Input {
  return { name: `confirm_${action}_version`, type: 'text' };
}

function link(path: string, text: string): string {
  return `<h3><a href="${escapeHtml(path)}">${escapeHtml(text)}</a></h3>`;
}
