import { inflateSync } from 'node:zlib';

import { z } from 'zod';

/** What tests did with a line. */
type Line = 'hit' | 'partial' | 'miss';

/** Files with their lines. */
export type Report = ReadonlyMap<string, ReadonlyMap<number, Line>>;

const payloadShape = z.object({
  network_files: z.array(z.string()),
  coverage_files: z.array(z.object({ format: z.literal('base64+compressed'), data: z.string() })),
});

/** The longest age of a report that says when it was made, in milliseconds: Codecov's own default. */
const longestAge = 12 * 3600 * 1000;

/** Processes what was uploaded as Codecov does; undefined where nothing of it can be used. */
export function processUpload(payload: unknown, now: number): Report | undefined {
  const parsed = payloadShape.safeParse(payload);
  if (!parsed.success) return undefined;
  const { network_files: network, coverage_files: files } = parsed.data;
  const texts = files.map(({ data }) => inflateSync(Buffer.from(data, 'base64')).toString('utf8'));
  const timestamps = texts.flatMap((text) => /<coverage\b[^>]*\btimestamp="(\d+)"/.exec(text)?.[1] ?? []);
  if (timestamps.some((timestamp) => now - Number(timestamp) > longestAge)) return undefined;
  // Where it is told which files there are, it leaves out every other one.
  const known = (name: string) => network.length === 0 || network.includes(name);
  const classes = texts.flatMap((text) => [
    ...text.matchAll(/<class\b[^>]*\bfilename="([^"]+)"[^>]*>([^]*?)<\/class>/g),
  ]);
  const report = classes.flatMap(([, name = '', body = '']) =>
    known(name) ? [[name, linesOf(body)] as const] : [],
  );
  return report.length === 0 ? undefined : new Map(report);
}

function linesOf(body: string): Map<number, Line> {
  const lines = [...body.matchAll(/<line\b([^>]*)>/g)].map(([, attributes = '']) => {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
    const [, taken, all] = /\((\d+)\/(\d+)\)/.exec(attribute('condition-coverage') ?? '') ?? [];
    const hit = Number(attribute('hits')) > 0;
    return [Number(attribute('number')), !hit ? 'miss' : taken === all ? 'hit' : 'partial'] as const;
  });
  return new Map(lines);
}

const order: readonly Line[] = ['miss', 'partial', 'hit'];

/** What several uploads show together: of each line the best. */
export function mergeReports(reports: readonly Report[]): Report {
  const merged = new Map<string, Map<number, Line>>();
  for (const report of reports)
    for (const [name, lines] of report) {
      const known = merged.get(name) ?? new Map<number, Line>();
      merged.set(name, known);
      for (const [number, line] of lines)
        if (order.indexOf(line) >= order.indexOf(known.get(number) ?? 'miss')) known.set(number, line);
    }
  return merged;
}

/** The totals as Codecov's API has them. */
export function totalsOf(report: Report, sessions: number): object {
  const lines = [...report.values()].flatMap((file) => [...file.values()]);
  const count = (wanted: Line) => lines.filter((line) => line === wanted).length;
  const hits = count('hit');
  return {
    ...{ files: report.size, lines: lines.length, hits, misses: count('miss'), partials: count('partial') },
    coverage: lines.length === 0 ? 0 : Math.floor((hits * 10_000) / lines.length) / 100,
    ...{ branches: 0, methods: 0, messages: 0, sessions, complexity: 0, complexity_total: 0 },
    ...{ complexity_ratio: 0, diff: 0 },
  };
}
