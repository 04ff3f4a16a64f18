import { section } from './cells.js';
import { candidates, guarded, steps, timeline } from './course.js';
import { escaped, inWords, moment } from './markup.js';
import { pictureOf } from './picture.js';
import { styles } from './styles.js';
import { decided } from './people.js';
import { released, tested } from './released.js';
import { watched } from './watched.js';
import type { ReleaseEvidence } from '../schema.js';
import { secondsBetween } from '../times.js';

/** The evidence as one page that needs nothing from outside: it opens from a disk, and prints. */
export function reportOf(evidence: ReleaseEvidence): string {
  const name = `${evidence.package} ${evidence.version}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="color-scheme" content="light dark">',
    `<title>Evidence of ${escaped(name)}</title><style>${styles}</style></head><body><main>`,
    ...header(evidence, name),
    ...section('Timeline', [
      `<div class="wide" tabindex="0" role="group" aria-label="Timeline">${pictureOf(evidence)}</div>`,
      '<p class="note">Times in UTC. The axis is drawn short where little happens; each bar says how long it took.</p>',
    ]),
    ...section('What was released', released(evidence)),
    ...section('What was tested', tested(evidence)),
    ...section('Who decided', decided(evidence)),
    ...section('Candidates', candidates(evidence)),
    ...section('After the upload', watched(evidence)),
    ...section('The twelve steps', steps(evidence)),
    ...section('What guarded it', guarded(evidence)),
    ...section('Everything in order', timeline(evidence)),
    `<footer>Written by Slipway as <code>${evidence.schema}</code>. The same facts stand in the JSON file beside this page; files named by a sha256 under “kept as” are in the artifact store.</footer>`,
    '</main></body></html>',
    '',
  ].join('\n');
}

function header(evidence: ReleaseEvidence, name: string): string[] {
  const { outcome, state, summary, started, asOf } = evidence;
  const word = outcome ?? (state === 'running' ? 'not finished' : 'refused');
  return [
    `<header><h1>${escaped(name)} <span class="badge ${word.replace(' ', '-')}">${word}</span></h1>`,
    `<p class="lead">${escaped(summary)}</p>`,
    `<p class="note">Started by ${escaped(started.by)} at ${moment(started.at)} UTC; ${state === 'ended' ? 'ended' : 'as it stood'} at ${moment(asOf)} UTC, ${inWords(secondsBetween(started.at, asOf))} later.</p></header>`,
  ];
}
