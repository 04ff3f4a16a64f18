/** A file that a project's page lists, as its anchor says it. */
export interface Anchor {
  readonly filename: string;
  /** Relative to the page; without its fragment. */
  readonly href: string;
  /** Undefined where the index tells no sha256. */
  readonly sha256: string | undefined;
  readonly yanked: boolean | string;
}

const anchorForm = /<a((?:\s+[a-z-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)+)\s*>([^<]*)<\/a\s*>/gi;
const attributeForm = /([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gi;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads a project's page in HTML (PEP 503, with the digests in the links and PEP 592's `data-yanked`). It is read
 * strictly: what is not surely such a page, a sign-in page for example, throws, since it must not pass for one that
 * lists nothing.
 */
export function readAnchors(html: string): Anchor[] {
  const page = html.replace(/<!--.*?-->/gs, '');
  const found = [...page.matchAll(anchorForm)].map(([, attributes = '', text = '']) =>
    anchorFrom(attributesIn(attributes), decode(text).trim()),
  );
  const begun = page.match(/<a[\s>]/gi)?.length ?? 0;
  if (begun !== found.length)
    throw new Error(`${String(begun - found.length)} of its ${String(begun)} links cannot be read`);
  if (found.length === 0 && !/<title>[^<]*\blinks for\b|<meta[^>]*pypi:repository-version/i.test(page))
    throw new Error('it is HTML, but not the page of a project');
  return found;
}

function anchorFrom(attributes: ReadonlyMap<string, string>, filename: string): Anchor {
  const [href = '', fragment = ''] = (attributes.get('href') ?? '').split('#', 2);
  const last = decodeURIComponent(href.replace(/\?.*$/, '').split('/').at(-1) ?? '');
  if (filename === '' || last !== filename)
    throw new Error(`its link "${filename}" leads to "${last}" and not to a file of that name`);
  const yanked = attributes.get('data-yanked');
  return {
    filename,
    href,
    sha256: /(?:^|&)sha256=([0-9a-f]{64})(?:&|$)/.exec(fragment)?.[1],
    yanked: yanked === '' ? true : (yanked ?? false),
  };
}

function attributesIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(attributeForm)].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decode(double ?? single ?? bare ?? ''),
    ]),
  );
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) {
      const known = entities[name.toLowerCase()];
      if (known === undefined) throw new Error(`it holds ${whole}, which is not understood`);
      return known;
    }
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return String.fromCodePoint(Math.min(code, 0x10ffff));
  });
}
