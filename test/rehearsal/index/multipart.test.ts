import { describe, expect, test } from 'vitest';
import { formBoundary, gather, MalformedForm, readParts } from '../../../rehearsal/index/multipart.js';

const BOUNDARY = 'b0undary';

interface Read {
  readonly name: string;
  readonly filename: string | undefined;
  readonly bytes: string;
}

async function read(body: Buffer, chunkSize = body.length): Promise<Read[]> {
  const parts: Read[] = [];
  for await (const { name, filename, bytes } of readParts(chunksOf(body, chunkSize), BOUNDARY)) {
    parts.push({ name, filename, bytes: (await gather(bytes, 1000)).toString('latin1') });
  }
  return parts;
}

async function* chunksOf(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < body.length; start += size) yield body.subarray(start, start + size);
}

// Bytes that are nearly the delimiter, bytes that are no text, line ends at both ends.
const NASTY = `\r\n--b0undar\r\n--\x00\xff\x80--${BOUNDARY}\r\n\r\n--b0undarx--\r\n`;

const body = Buffer.from(
  [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="field"\r\n\r\nvalue`,
    `--${BOUNDARY}\r\ncontent-disposition: form-data; filename="a \\"b\\".whl"; name=content\r\nContent-Type: x/y\r\n\r\n${NASTY}`,
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="empty"\r\n\r\n`,
    `--${BOUNDARY}--\r\nan epilogue`,
  ].join('\r\n'),
  'latin1',
);

describe('a form', () => {
  test('is read the same whatever the chunks it comes in', async () => {
    for (let size = 1; size <= body.length; size++) {
      expect(await read(body, size), `in chunks of ${size}`).toEqual([
        { name: 'field', filename: undefined, bytes: 'value' },
        { name: 'content', filename: 'a "b".whl', bytes: NASTY },
        { name: 'empty', filename: undefined, bytes: '' },
      ]);
    }
  });

  test('may have text before its first delimiter and nothing after its last', async () => {
    const bare = Buffer.from(
      `preamble\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--${BOUNDARY}--`,
    );
    expect(await read(bare)).toEqual([{ name: 'a', filename: undefined, bytes: '1' }]);
  });

  test('that is cut off anywhere before its last delimiter is malformed', async () => {
    const end = body.indexOf(`--${BOUNDARY}--\r\nan epilogue`) + `--${BOUNDARY}--`.length;
    for (let length = 0; length < end; length++) {
      await expect(read(body.subarray(0, length)), `cut at ${length}`).rejects.toThrow(MalformedForm);
    }
  });

  test('with a part without a name is malformed', async () => {
    const nameless = Buffer.from(`--${BOUNDARY}\r\nContent-Type: x/y\r\n\r\n1\r\n--${BOUNDARY}--`);
    await expect(read(nameless)).rejects.toThrow('A part of the upload has no name.');
  });

  test('with a field that is too long is malformed', async () => {
    const start = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`;
    const long = Buffer.from(`${start}${'x'.repeat(1001)}\r\n--${BOUNDARY}--`);
    await expect(read(long)).rejects.toThrow('A field of the upload is longer than 1000 bytes.');
  });
});

describe('a boundary', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; boundary="a b:c"', 'a b:c'],
  ])('is found in %s', (contentType, boundary) => {
    expect(formBoundary(contentType)).toBe(boundary);
  });

  test.each([undefined, 'application/json', 'multipart/form-data'])('is missed in %s', (contentType) => {
    expect(() => formBoundary(contentType)).toThrow(MalformedForm);
  });
});
