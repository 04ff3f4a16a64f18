import type { Subject } from '../../../contract/activities.js';
import { sameVersion } from '../../support/project-page.js';
import { neverUploaded, notThere } from './obstacle.js';
import { findYankForm, openOwned, releasesPath, type Owner } from './owner.js';

/**
 * Finds the form with which a release could be yanked now, and says what was found. Before its first upload it has no
 * page: then that of another release of the project, which only an owner sees too, stands for it.
 */
export async function findForms(owner: Owner, subject: Subject): Promise<string> {
  const { package: name, version } = subject;
  const { user } = owner.account;
  const list = await openOwned(owner, releasesPath(name), name, (page) => neverUploaded(name, page));
  const listed = list.html.links.flatMap((link) => versionIn(link) ?? []);
  const here = listed.find((each) => sameVersion(each, version));
  // The owner of a project in quarantine sees its list and none of its releases.
  const looked = here ?? listed[0];
  if (looked === undefined) throw notThere(`any release of ${name}`, list);
  const { form } = await findYankForm(owner, { ...subject, version: looked });
  if (here === undefined)
    return `${user} is logged in as an owner of ${name}, whose releases have their forms; ${version} is not there yet`;
  return form === undefined
    ? `${user} is logged in as an owner of ${name}, and ${version} has no form to yank it, as when it is yanked`
    : `${user} is logged in as an owner of ${name}, and the form to yank ${version} is there`;
}

function versionIn(link: string): string | undefined {
  const [, version] = /^\/manage\/project\/[^/]+\/release\/([^/?#]+)\/$/.exec(link) ?? [];
  return version === undefined ? undefined : decodeURIComponent(version);
}
