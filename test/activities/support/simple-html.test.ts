import { describe, expect, test } from 'vitest';

import { readAnchors } from '../../../src/activities/support/simple-html.js';

const sha256 = 'ab'.repeat(32);
const page = (body: string, title = 'Links for demo') =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;

describe('the page of a project in HTML', () => {
  test('lists files with their digests, and says which are yanked, and why', () => {
    expect(
      readAnchors(
        page(`
          <!-- <a href="old.whl">old</a> -->
          <a href="../../f/demo-1.0-py3-none-any.whl#sha256=${sha256}" data-requires-python="&gt;=3.8">demo-1.0-py3-none-any.whl</a><br>
          <A HREF='https://files.example/demo-1.0.tar.gz#md5=x' DATA-YANKED='it&#39;s &quot;broken&quot;'>demo-1.0.tar.gz</A>
          <a href=/f/demo-0.9%2Bx.tar.gz data-yanked>demo-0.9+x.tar.gz</a>`),
      ),
    ).toEqual([
      {
        filename: 'demo-1.0-py3-none-any.whl',
        href: '../../f/demo-1.0-py3-none-any.whl',
        sha256,
        yanked: false,
      },
      {
        filename: 'demo-1.0.tar.gz',
        href: 'https://files.example/demo-1.0.tar.gz',
        sha256: undefined,
        yanked: 'it\'s "broken"',
      },
      { filename: 'demo-0.9+x.tar.gz', href: '/f/demo-0.9%2Bx.tar.gz', sha256: undefined, yanked: true },
    ]);
  });

  test('may list nothing', () => {
    expect(readAnchors(page(''))).toEqual([]);
    expect(readAnchors('<meta name="pypi:repository-version" content="1.1">')).toEqual([]);
  });

  test.each([
    ['a sign-in page', page('<form></form>', 'Sign in'), 'not the page of a project'],
    ['another site', page('<a href="/help">Help me</a>'), 'leads to "help"'],
    ['a folder', page('<a href="../">Parent</a>'), 'leads to ""'],
    ['a broken link', page('<a href="x.whl>x.whl</a>'), '1 of its 1 links'],
    ['a link with markup in it', page('<a href="x.whl"><b>x.whl</b></a>'), '1 of its 1 links'],
    ['an unknown entity', page('<a href="x&nbsp;.whl">x</a>'), '&nbsp;'],
  ])('is not %s', (_what, html, problem) => {
    expect(() => readAnchors(html)).toThrow(problem);
  });
});
