import { describe, expect, test } from 'vitest';

import { readHtml } from '../../../src/activities/yank/web/forms.js';
import { isSeed, totpCode } from '../../../src/activities/yank/web/totp.js';

describe('one-time codes', () => {
  // RFC 6238, appendix B: the seed is "12345678901234567890", and of its eight digits ours are the last six.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i seconds are those of the RFC', (seconds, code) => {
    expect(totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', seconds * 1000)).toBe(code);
  });

  test('come from a seed however a site writes it', () => {
    const ways = ['gezd gnbv gy3t qojq gezd gnbv gy3t qojq', 'GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ=='];
    expect(ways.map((seed) => [isSeed(seed), totpCode(seed, 59_000)])).toEqual(
      Array(2).fill([true, '287082']),
    );
    expect(['', 'GEZDGNBV', '0189018901890189', 'otpauth://totp/x'].map(isSeed)).toEqual(
      Array(4).fill(false),
    );
  });
});

describe('a page', () => {
  const { title, text, forms, errors, links } = readHtml(`
    <title> One &amp;
      two</title><script>var hidden</script><noscript><p>No scripts</p></noscript>
    <ul class="form-errors x"><li>Wrong</ul><a href="/a/?b=1&amp;c=2">A</a><a>none</a>
    <form method=post><table><tr><td><input name=csrf_token type=hidden value="a&quot;b">
      <input name=typed><input type=password name=password value="">
      <input type=checkbox name=box><input type=CHECKBOX name=valued value=yes>
      <input type=radio name=choice value=1><input type=radio name=choice value=2 checked>
      <select name=selected><option>first<option value=second selected>Second</select>
      <select name=unselected><option>first</option></select><select name=empty></select>
      <textarea name=area> some
      text </textarea>
      <input disabled name=off value=x><input value=nameless><input type=submit name=go value=Go><button name=b>B</button>
    </td></tr></table></form>
    <input name=outside value=x>
    <form action="/elsewhere/"><input name=other value=1></form>`);

  test('has every input in the form that a person sends who has ticked every box', () => {
    expect(forms.map(({ action, fields }) => [action, Object.fromEntries(fields)])).toEqual([
      [
        undefined,
        {
          csrf_token: 'a"b',
          typed: '',
          password: '',
          box: 'on',
          valued: 'yes',
          choice: '2',
          selected: 'second',
          unselected: 'first',
          area: 'some text',
        },
      ],
      ['/elsewhere/', { other: '1' }],
    ]);
  });

  test('is read as a person without scripts sees it', () => {
    expect({ title, errors, links }).toEqual({
      title: 'One & two',
      errors: ['Wrong'],
      links: ['/a/?b=1&c=2'],
    });
    expect(text).toMatch(/^No scripts Wrong A none/);
    expect(text).not.toContain('hidden');
  });
});
