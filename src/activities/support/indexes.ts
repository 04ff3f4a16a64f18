import type { IndexSetting } from '../../config/settings.js';
import { failure } from '../../contract/failures.js';
import type { IndexAddress } from '../../contract/release.js';
import { readTools } from './scripts.js';
import type { Workbench } from './workbench.js';

/** The addresses of an index in the settings; those of `pypi` and `testpypi` come from twine's own configuration. */
export async function resolveIndex(
  bench: Workbench,
  {
    name,
    upload,
    simple,
    ...rules
  }: Pick<IndexSetting, 'name' | 'upload' | 'simple' | 'yanks' | 'takesFilesFor'>,
): Promise<IndexAddress> {
  const own = rulesOf(rules);
  if (upload !== undefined && simple !== undefined)
    return { name, upload, simple: withSlash(simple), ...own };
  const known = (await readTools(bench)).uploads[name];
  if (known === undefined)
    throw failure('operator', {
      now: `The settings name the index "${name}" without both of its addresses.`,
      not: 'twine knows no index of that name.',
      next: 'Write its upload and simple addresses into slipway.toml, restart the worker and send `retry`.',
    });
  return { name, upload: upload ?? known, simple: withSlash(simple ?? simpleBeside(known)), ...own };
}

/** What an index does not do. */
function rulesOf({ yanks, takesFilesFor }: Pick<IndexSetting, 'yanks' | 'takesFilesFor'>) {
  return {
    ...(yanks === false ? { yanks } : {}),
    ...(takesFilesFor === undefined ? {} : { takesFilesFor }),
  };
}

/** Where dependencies come from: the main index, or the mirror that the settings let play it. */
export async function mainIndex(bench: Workbench): Promise<IndexAddress> {
  const { name, upload, simple } = await resolveIndex(bench, { name: 'pypi' });
  const mirror = bench.settings.network.mainIndex;
  return { name, upload, simple: mirror === undefined ? simple : withSlash(mirror) };
}

/** The setting that has exactly these addresses: a token goes only where the service's own settings send it. */
export async function settingOf(bench: Workbench, index: IndexAddress): Promise<IndexSetting> {
  const { test, production } = bench.settings;
  for (const setting of [test, production]) {
    const known = await resolveIndex(bench, setting);
    if (known.name === index.name && known.upload === index.upload && known.simple === index.simple)
      return setting;
  }
  throw failure('operator', {
    now: `The release was started with ${index.name} at ${index.upload}.`,
    not: 'The settings of the worker that uploads name no such index, so no token is sent there.',
    next: 'Put the settings back and restart the worker, then send `retry`; or `abort` and start the release again.',
  });
}

/** The web site of an index: the host that serves its simple index. */
export function siteOf(index: IndexAddress): string {
  return new URL('/', index.simple).href;
}

/** An upload host is the site's own, or stands below it as `upload.`. */
function simpleBeside(upload: string): string {
  const url = new URL('/simple/', upload);
  url.hostname = url.hostname.replace(/^upload\./, '');
  return url.href;
}

function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`;
}
