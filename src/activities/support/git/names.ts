import { failure } from '../../../contract/failures.js';
import type { Subject } from '../../../contract/activities.js';
import type { Sha } from '../../../contract/release.js';

const nameForm = /^[A-Za-z0-9][\w./!+-]*$/;
const unfit = /\.\.|\/\/|\/\.|\.lock(\/|$)|[./]$/;

/** The full ref of a branch; a name that git or its options could take for something else is refused. */
export function branchRef(branch: string): string {
  return `refs/heads/${checkName('branch', branch)}`;
}

/** The full ref of a tag. */
export function tagRef(tag: string): string {
  return `refs/tags/${checkName('tag', tag)}`;
}

/** Where the releases of a package keep their commits, whatever becomes of branches. */
export function keptRefs(packageName: string): string {
  return `refs/slipway/${checkName('package', packageName)}/`;
}

/** The ref under which a release keeps one commit that it made; nothing ever overwrites it. */
export function keptRef(subject: Subject, what: string, commit: Sha): string {
  const version = checkName('version', subject.version);
  return `${keptRefs(subject.package)}${version}/${checkName('ref', what)}/${checkSha(commit).slice(0, 12)}`;
}

/** A pattern of the refs under which releases, of one package or of all, keep one kind of commit. */
export function keptRefPattern(what: string, packageName?: string): string {
  const kept = packageName === undefined ? 'refs/slipway/*/' : keptRefs(packageName);
  return `${kept}*/${checkName('ref', what)}/*`;
}

/** The full object name, or a refusal of anything else. */
export function checkSha(sha: string): Sha {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return sha;
  throw refused('commit', sha, 'a full object name in lower-case hex digits');
}

function checkName(what: string, name: string): string {
  if (nameForm.test(name) && !unfit.test(name)) return name;
  throw refused(
    what,
    name,
    'letters, digits, "_", ".", "/", "-", "!" and "+", beginning with a letter or digit',
  );
}

function refused(what: string, name: string, form: string): Error {
  return failure('refused', {
    now: `${JSON.stringify(name)} was given as the name of a ${what}.`,
    not: 'git is not started with it.',
    next: `A ${what} is written as ${form}.`,
  });
}
