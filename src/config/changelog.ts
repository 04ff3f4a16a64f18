import pep440 from '@renovatebot/pep440';

/** Where a package tells its changes: one file, fragments that become one later, or nowhere. */
export type ChangelogPlace = { readonly file: string } | { readonly fragments: string } | undefined;

/** What a changelog says of a version, or what has to be written there. */
export type ChangelogFound = { readonly text: string } | { readonly problem: string };

/** The files that tell a package's changes by their name, in the order in which they are looked for. */
const names = ['changelog', 'changes', 'history', 'news', 'release[-_ ]?notes'].map(
  (name) => new RegExp(`^(docs?/)?${name}(\\.(md|markdown|rst|txt))?$`, 'i'),
);
const fragments = /^(.*\/)?(newsfragments|changelog\.d|changes\.d|news\.d)\//;

/** The most characters of an entry that are told anywhere. */
const longest = 4000;

/** Where the changes stand among a repository's files, if the package's configuration does not say it. */
export function findChangelog(list: readonly string[]): ChangelogPlace {
  const made = list.map((file) => fragments.exec(file)?.[0]).find((folder) => folder !== undefined);
  if (made !== undefined) return { fragments: made };
  const found = names.flatMap((name) => list.filter((file) => name.test(file)));
  const [file] = [...found.filter((path) => !path.includes('/')), ...found];
  return file === undefined ? undefined : { file };
}

/** What stands under the heading of a version, plain and cut to what fits; or what to write, where there is none. */
export function readEntry(file: string, text: string, version: string): ChangelogFound {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const headings = headingsIn(file, lines);
  const at = headingOf(headings, version) ?? headingOf(headings, finalOf(version));
  if (at === undefined) return { problem: missing(file, headings, version) };
  const next = headings.find(({ first, level }) => first > at.first && level <= at.level);
  const entry = plain(lines.slice(at.last + 1, next?.first).join('\n'));
  if (entry === '') return { problem: `${file} says nothing under ${at.title}: write what changed` };
  return { text: entry.length > longest ? `${entry.slice(0, longest - 1)}…` : entry };
}

interface Heading {
  readonly title: string;
  /** The smaller, the higher. */
  readonly level: number;
  /** Its first and its last line, from 0. */
  readonly first: number;
  readonly last: number;
}

/** Below every real heading: of two, the real one counts. */
const bareLevel = 9;

function headingsIn(file: string, lines: readonly string[]): Heading[] {
  const isRst = /\.rst$/i.test(file);
  const isMarkdown = /\.(md|markdown)$/i.test(file);
  const inCode = isRst ? new Set<number>() : codeIn(lines);
  const real = isRst
    ? underlined(lines, /^([^\w\s])\1{2,}\s*$/)
    : [...hashed(lines), ...underlined(lines, /^([=-])\1{2,}\s*$/)];
  // Some write a version in bold, or at the beginning of a line, and call that a heading.
  const bare = bareIn(
    lines,
    isMarkdown ? /^\*\*.*\d.*\*\*\s*$/ : /^(\*\*)?(version |release |v)?\d+(\.\d+)+\b/i,
  );
  const alone = bare.filter(({ first: at }) => !real.some(({ first, last }) => first <= at && at <= last));
  return [...real, ...alone].filter(({ first }) => !inCode.has(first)).sort((a, b) => a.first - b.first);
}

function hashed(lines: readonly string[]): Heading[] {
  return lines.flatMap((line, at) => {
    const [, signs = '', title = ''] = /^ {0,3}(#{1,6})\s+(.*?)[\s#]*$/.exec(line) ?? [];
    return signs === '' ? [] : [{ title, level: signs.length, first: at, last: at }];
  });
}

function bareIn(lines: readonly string[], form: RegExp): Heading[] {
  return lines.flatMap((line, at) =>
    form.test(line)
      ? [{ title: line.replaceAll('**', '').trim(), level: bareLevel, first: at, last: at }]
      : [],
  );
}

/** Lines with a line of signs under them, and over them too in reStructuredText; each kind is a level, in the order in which they come. */
function underlined(lines: readonly string[], signs: RegExp): Heading[] {
  const styles: string[] = [];
  return lines.flatMap((title, at) => {
    const under = signs.exec(lines[at + 1] ?? '')?.[1];
    if (under === undefined || title.trim() === '' || signs.test(title)) return [];
    const isOver = signs.exec(lines[at - 1] ?? '')?.[1] === under;
    const style = `${under}${String(isOver)}`;
    if (!styles.includes(style)) styles.push(style);
    const first = isOver ? at - 1 : at;
    return [{ title: title.trim(), level: styles.indexOf(style) + 1, first, last: at + 1 }];
  });
}

/** The lines inside fenced code, where a # begins no heading. */
function codeIn(lines: readonly string[]): Set<number> {
  let isOpen = false;
  return new Set(
    lines.flatMap((line, at) => {
      const isFence = /^\s*(```|~~~)/.test(line);
      if (isFence) isOpen = !isOpen;
      return isOpen || isFence ? [at] : [];
    }),
  );
}

function headingOf(headings: readonly Heading[], version: string): Heading | undefined {
  const about = headings.filter(({ title }) => isAbout(title, version));
  return about.find(({ level }) => level < bareLevel) ?? about[0];
}

/** Whether the first version that a heading names is this one. */
function isAbout(title: string, version: string): boolean {
  const found = versionIn(title);
  return found !== undefined && pep440.valid(version) !== null && pep440.compare(found, version) === 0;
}

/** The first version that a heading names, without its v. */
function versionIn(title: string): string | undefined {
  const named = title
    .replace(/\b\d{4}-\d\d-\d\d\b/g, ' ')
    .match(/(?<![\w.])v?\d+(\.\d+)*([-._]?[a-z]+[-._]?\d*)*/i);
  const found = named?.[0].replace(/^v/i, '') ?? '';
  return pep440.valid(found) === null ? undefined : found;
}

/** A pre-release may be told of under its final version. */
function finalOf(version: string): string {
  return pep440.explain(version)?.base_version ?? version;
}

function missing(file: string, headings: readonly Heading[], version: string): string {
  const newest = headings.findIndex(({ title }) => versionIn(title) !== undefined);
  const isOpen = ({ title }: Heading) => /unreleased|upcoming|in development|not yet released/i.test(title);
  // One that stands below a version that is told of was forgotten there.
  const open = headings.find((heading, at) => isOpen(heading) && (newest < 0 || at <= newest));
  if (open !== undefined)
    return `${file} has no entry for ${version}: rename its heading "${open.title}", so that it says ${version}`;
  return `${file} has no entry for ${version}: write what changed under a heading such as ${formOf(file, headings[newest], version)}`;
}

/** A heading for a version as the file has them, up to the version. */
function formOf(file: string, newest: Heading | undefined, version: string): string {
  if (newest === undefined) return /\.rst$/i.test(file) ? `"${version}", underlined` : `"## ${version}"`;
  const { title, level, first, last } = newest;
  const before = title.slice(0, title.indexOf(versionIn(title) ?? title));
  const named = `${before}${version}${before.endsWith('[') ? ']' : ''}`;
  if (last > first) return `"${named}", underlined`;
  return level === bareLevel ? `"${named}"` : `"${'#'.repeat(level)} ${named}"`;
}

/** Without comments, and without what a terminal would obey or nobody sees. */
function plain(text: string): string {
  return text
    .replace(/<!--[^]*?(-->|$)/g, '')
    .replace(/[^\P{Cc}\n\t]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]+/gu, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => !/^\[[^\]]+\]:\s/.test(line) && !/^\.\. _[^:]+:/.test(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}
