import { expect, test } from 'vitest';

import { excerptOf } from '../../../src/activities/support/excerpt.js';

const deep = `def test_deep():
>       data = helper("{broken")
               ^^^^^^^^^^^^^^^^^

tests/test_x.py:5:${' '}
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
.venv/lib/python3.11/site-packages/fx_demo/core.py:3: in helper
    return json.loads(text)
           ^^^^^^^^^^^^^^^^
.venv/lib/python3.11/site-packages/other/core.py:9: in other
    return 1
/usr/lib/python3.11/json/decoder.py:337: in decode
    obj, end = self.raw_decode(s)
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

    def raw_decode(self, s, idx=0):
>           obj, end = self.scan_once(s, idx)
E           json.decoder.JSONDecodeError: Expecting property name: line 1 column 2 (char 1)

/usr/lib/python3.11/json/decoder.py:353: JSONDecodeError`;

test('of a deep failure the last frame of the package and the error are left', () => {
  const where = '.venv/lib/python3.11/site-packages/fx_demo/core.py:3';
  expect(excerptOf(deep, 'fx_demo')).toEqual({
    where,
    lines: [
      `${where}  return json.loads(text)`,
      'json.decoder.JSONDecodeError: Expecting property name: line 1 column 2 (char 1)',
    ].map((line) => expect.stringContaining(line) as unknown),
  });
});

test('of an assertion its comparison is left, as far as it can be read', () => {
  const rows = Array.from({ length: 30 }, (_, row) => `E         row ${String(row)}`);
  const text = ['def test_cmp():', '>       assert got == want', 'E       AssertionError: assert 1 == 2'];
  const found = excerptOf([...text, ...rows, '', 'tests/test_x.py:10: AssertionError'].join('\n'), 'fx_demo');
  expect(found?.lines.slice(0, 2)).toEqual([
    'tests/test_x.py:10  assert got == want',
    'AssertionError: assert 1 == 2',
  ]);
  expect(found?.lines).toHaveLength(17);
  expect(found?.lines.at(-1)).toBe('… and 16 more lines');
});

test('a traceback of another runner is read as well', () => {
  const text =
    'Traceback (most recent call last):\n  File "tests/test_u.py", line 7, in test_u\n    self.assertEqual(1, 2)\n  File "/usr/lib/python3.11/unittest/case.py", line 1, in fail\n    raise self.failureException(msg)\nAssertionError: 1 != 2';
  expect(excerptOf(text, 'fx_demo')).toEqual({
    where: 'tests/test_u.py:7',
    lines: ['tests/test_u.py:7  self.assertEqual(1, 2)', 'AssertionError: 1 != 2'],
  });
});

test('a text without a place is left to itself', () => {
  expect(excerptOf('it broke', 'fx_demo')).toBeUndefined();
});
