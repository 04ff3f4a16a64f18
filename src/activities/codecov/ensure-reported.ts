import { ApplicationFailure } from '@temporalio/common';

import type { PublishActivities } from '../../contract/activities.js';
import { canonicalJson, short } from '../../contract/digest.js';
import { failure } from '../../contract/failures.js';
import { finding, notPassed, type Finding } from '../../contract/verdict.js';
import { currentCancellation, pause } from '../support/cancellation.js';
import { sinceAsked } from '../support/engine-clock.js';
import type { Workbench } from '../support/workbench.js';
import { openCodecov, type Codecov, type Totals, type Upload } from './codecov.js';
import type { Report, UploadAnswer } from './codecovcli.js';

const quickLooks = 10;
const quickMilliseconds = 300;
const slowMilliseconds = 5000;

type Input = Parameters<PublishActivities['ensureCoverageReported']>[0];

/** What one activity knows of its reports. */
interface Reporting {
  readonly codecov: Codecov;
  readonly reports: readonly Report[];
  readonly input: Input;
  /** The last answer to each report that this activity has sent. */
  readonly sent: Map<Report, UploadAnswer>;
}

/** The coverage service that is Codecov: look, send, and look until the report is shown. */
export function createCodecovActivities(bench: Workbench): Pick<PublishActivities, 'ensureCoverageReported'> {
  return { ensureCoverageReported: (input) => ensureReported(bench, input) };
}

async function ensureReported(
  bench: Workbench,
  input: Input,
): ReturnType<PublishActivities['ensureCoverageReported']> {
  const { commit, branch, coverage } = input;
  const reports = coverage.reports.map(({ suite, digest }) => ({
    ...{ commit, branch, suite, xml: digest },
    name: `slipway ${suite} ${short(digest)}`,
  }));
  const codecov = await openCodecov(bench, input.service);
  const reporting: Reporting = { codecov, reports, input, sent: new Map() };
  const waited = sinceAsked();
  for (let look = 1; ; look++) {
    const found = await lookAndSend(reporting).catch(passing);
    if ('totals' in found) {
      const digest = await bench.store.put(canonicalJson(found.totals));
      return { passed: true, evidence: [{ what: inWords(reporting, found.totals), digest }] };
    }
    const over = waited() > codecov.setting.waitSeconds * 1000;
    if (found.final === true || (over && found.queued !== true))
      return notPassed([notShown(reporting, found.missing)]);
    await pause(look < quickLooks ? quickMilliseconds : slowMilliseconds);
  }
}

type Found = { readonly totals: Totals } | Missing;

interface Missing {
  readonly missing: string;
  /** Whether waiting is of no use. */
  readonly final?: boolean;
  /** Whether something was taken in just now, so that it has to be looked for. */
  readonly queued?: boolean;
}

/** The totals of a commit whose every report is shown; otherwise sends what is not there and says what is missing. */
async function lookAndSend(reporting: Reporting): Promise<Found> {
  const { codecov, reports, input } = reporting;
  const uploads = await codecov.readUploads(input.commit);
  const open: Missing[] = [];
  for (const report of reports) open.push(...(await ensureSent(reporting, report, uploads)));
  if (open.length > 0)
    return {
      missing: open.map(({ missing }) => missing).join('; '),
      final: open.some(({ final }) => final === true),
      queued: open.some(({ queued }) => queued === true),
    };
  const totals = await codecov.readTotals(input.commit);
  return totals === undefined || totals.lines === 0 ? { missing: 'its totals are not there' } : { totals };
}

/** Sends one report, unless it is there or on its way; nothing is missing once it is shown. */
async function ensureSent(
  reporting: Reporting,
  report: Report,
  uploads: readonly Upload[],
): Promise<Missing[]> {
  const { suite, name } = report;
  const earlier = reporting.sent.get(report);
  const state = stateOf(uploads.filter((upload) => upload.name === name));
  if (state === 'shown') return [];
  if (state === 'pending' && (earlier !== undefined || !reporting.input.anew))
    return [{ missing: `the report of suite ${suite} is not processed` }];
  if (earlier !== undefined && 'queued' in earlier)
    return state === 'failed'
      ? [{ missing: `the report of suite ${suite} could not be processed`, final: true }]
      : [{ missing: `the report of suite ${suite} is not listed` }];
  return [await send(reporting, report)];
}

/** What became of the uploads under one name. */
function stateOf(uploads: readonly Upload[]): 'absent' | 'pending' | 'failed' | 'shown' {
  const pending = ['started', 'uploaded'];
  if (uploads.some(({ state }) => state !== 'error' && !pending.includes(state))) return 'shown';
  if (uploads.some(({ state }) => pending.includes(state))) return 'pending';
  return uploads.length > 0 ? 'failed' : 'absent';
}

/** Sends one report and says how it stands with it. */
async function send({ codecov, input, sent }: Reporting, report: Report): Promise<Missing> {
  const answer = await codecov.upload(report);
  sent.set(report, answer);
  const what = `the report of suite ${report.suite}`;
  if ('queued' in answer) return { missing: `${what} is not processed`, queued: true };
  if ('lost' in answer) return { missing: `the upload of ${what} was lost: ${answer.lost}` };
  const { status, said } = answer;
  if (status < 400 || status === 429 || status >= 500)
    return { missing: `the upload of ${what} ended with ${String(status)} ${said}` };
  throw failure('operator', {
    now: `Codecov refuses ${what} at ${short(report.commit)}: ${String(status)} ${said}`,
    not: 'The report is not there.',
    next: `Give the worker a token in ${codecov.setting.token} that may upload for ${input.service.repository}, restart it and send \`retry\`.`,
  });
}

/** One failed look says nothing while there is time, unless people have to mend something or it is given up. */
function passing(error: unknown): Found {
  currentCancellation()?.throwIfAborted();
  if (!(error instanceof Error) || (error instanceof ApplicationFailure && error.nonRetryable === true))
    throw error;
  return { missing: error.message };
}

function inWords({ input, sent }: Reporting, { lines, hits, partials, coverage }: Totals): string {
  const { name } = input.service;
  const ours = input.coverage;
  const same = lines === ours.lines && hits + partials === ours.covered;
  const differs = same ? '' : ` (here it was ${String(ours.covered)} of ${String(ours.lines)})`;
  const suites = [...sent.keys()].map(({ suite }) => suite).join(', ');
  const how = suites === '' ? 'it was there already' : `uploaded: ${suites}`;
  return `${name}: ${String(coverage)} % of ${String(lines)} lines read back${differs}, ${how}`;
}

function notShown({ codecov, input, sent }: Reporting, missing: string): Finding {
  const hint =
    codecov.setting.readToken === undefined && missing.includes('is not listed')
      ? 'A private repository is only shown to an API token: name one as read-token in [codecov].'
      : undefined;
  const log = [...sent.values()].at(-1)?.log;
  return finding(`${input.service.name} shows no report of ${short(input.commit)}: ${missing}`, hint, log);
}
