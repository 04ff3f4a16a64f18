import { z } from 'zod';

import type { CodecovSetting } from '../../config/settings.js';
import { failure } from '../../contract/failures.js';
import type { CoverageService, Sha } from '../../contract/release.js';
import { readJson } from '../support/http.js';
import { readTools } from '../support/scripts.js';
import type { Workbench } from '../support/workbench.js';
import { uploadReport, type Report, type UploadAnswer } from './codecovcli.js';

/** One upload as Codecov lists it. */
export interface Upload {
  readonly name: string | null;
  /** `started`, then `merged` (`processed` in older versions) or `error`. */
  readonly state: string;
}

/** A commit's coverage as Codecov has it. */
export interface Totals {
  readonly files: number;
  readonly lines: number;
  readonly hits: number;
  readonly partials: number;
  /** In percent, rounded down. */
  readonly coverage: number;
}

/** Codecov for one repository. */
export interface Codecov {
  readonly setting: CodecovSetting;
  /** Every upload of a commit; none where Codecov does not know the commit. */
  readUploads(commit: Sha): Promise<Upload[]>;
  /** Undefined as long as no report is there. */
  readTotals(commit: Sha): Promise<Totals | undefined>;
  upload(report: Report): Promise<UploadAnswer>;
}

const uploadsShape = z.object({
  next: z.string().nullable(),
  results: z.array(z.object({ name: z.string().nullable(), state: z.string() })),
});

const totalsShape = z.object({
  totals: z.object({
    files: z.number(),
    lines: z.number(),
    hits: z.number(),
    partials: z.number(),
    coverage: z.number(),
  }),
});

/** Opens Codecov as the settings have it; tokens go nowhere else. */
export async function openCodecov(bench: Workbench, { repository }: CoverageService): Promise<Codecov> {
  const setting = settingOf(bench);
  const known = (await readTools(bench)).codecov;
  const [host = '', ...slug] = repository.split('/');
  const read = readerOf(bench, setting, setting.api ?? known.api, host, slug);
  return {
    setting,
    async readUploads(commit) {
      const uploads: Upload[] = [];
      for (let page = 1; ; page++) {
        const found = await read(`commits/${commit}/uploads/?page_size=100&page=${String(page)}`);
        if (found === undefined) return uploads;
        const { results, next } = uploadsShape.parse(found);
        uploads.push(...results);
        if (next === null) return uploads;
      }
    },
    async readTotals(commit) {
      const found = await read(`totals/?sha=${commit}`);
      return found === undefined ? undefined : totalsShape.parse(found).totals;
    },
    upload: (report) =>
      uploadReport(bench, report, {
        address: withoutSlash(setting.upload ?? known.upload),
        ...{ host, slug: slug.join('/'), token: bench.secrets.get(setting.token) },
      }),
  };
}

function settingOf({ settings }: Workbench): CodecovSetting {
  if (settings.codecov !== undefined) return settings.codecov;
  throw failure('operator', {
    now: 'The release was started with Codecov.',
    not: 'The settings of the worker name it no more.',
    next: 'Put the table [codecov] back and restart the worker, then send `retry`; or `abort` and start the release again.',
  });
}

/** Reads what the API has below a repository; undefined where it has nothing there. */
function readerOf(
  bench: Workbench,
  { readToken }: CodecovSetting,
  api: string,
  host: string,
  slug: readonly string[],
): (below: string) => Promise<unknown> {
  // The API has an owner with subgroups in one part of the path.
  const owner = encodeURIComponent(slug.slice(0, -1).join(':'));
  const top = `${withoutSlash(api)}/api/v2/${host}/${owner}/repos/${slug.at(-1) ?? ''}/`;
  const bearer = readToken === undefined ? undefined : bench.secrets.get(readToken);
  return (below) => readJson(bench, `${top}${below}`, 'application/json', bearer);
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
