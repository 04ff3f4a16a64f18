import type { SubjectLine } from './gates.js';
import { finding, type Evidence, type Finding } from './verdict.js';

/** What a package's changelog says of the version that is being released; undefined where it has none. */
export type ChangelogEntry =
  | { readonly file: string; readonly text: string }
  /** What has to be written there. */
  | { readonly problem: string }
  /** Why there is nothing to read. */
  | { readonly note: string };

/** The most lines of an entry on a card. */
const mostLines = 12;

/** What is wrong with it. */
export function changelogFindings(entry: ChangelogEntry | undefined): Finding[] {
  return entry !== undefined && 'problem' in entry ? [finding(entry.problem)] : [];
}

/** What is known of it. */
export function changelogEvidence(entry: ChangelogEntry | undefined): Evidence[] {
  if (entry === undefined || 'problem' in entry) return [];
  return [{ what: 'note' in entry ? entry.note : `${entry.file} tells of this version` }];
}

/** Its lines as people read them on a card. */
export function changelogLines(entry: ChangelogEntry | undefined): SubjectLine[] {
  const lines = changelogText(entry)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const more = lines.length - mostLines;
  const shown = more > 0 ? [...lines.slice(0, mostLines), `… and ${String(more)} more lines`] : lines;
  return shown.map((value) => ({ label: 'changelog', value }));
}

/** Its text as a forge shows it: as it is where it is Markdown, and as a text where it is not. */
export function changelogMarkdown(entry: ChangelogEntry | undefined): string {
  if (entry === undefined || !('text' in entry)) return '';
  if (/\.(md|markdown)$/i.test(entry.file)) return entry.text;
  return ['````text', entry.text.replaceAll('````', '```'), '````'].join('\n');
}

function changelogText(entry: ChangelogEntry | undefined): string {
  return entry !== undefined && 'text' in entry ? entry.text : '';
}
