import { ByteStream } from './byte-stream.js';

/** One part of a `multipart/form-data` body; its bytes must be read before the next part is asked for. */
export interface Part {
  readonly name: string;
  /** Set for a part that is a file. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly bytes: AsyncIterable<Buffer>;
}

/** Thrown when a body is not the form that its headers announce, or ends too early. */
export class MalformedForm extends Error {}

const LINE_END = Buffer.from('\r\n');
const END_MARK = Buffer.from('--');
const HEADERS_END = Buffer.from('\r\n\r\n');
const MAX_HEADER_BYTES = 16 * 1024;

/** The boundary that a `Content-Type` header names; throws MalformedForm when it is not a form's. */
export function formBoundary(contentType: string | undefined): string {
  const boundary = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '');
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) throw new MalformedForm('The upload is not multipart/form-data with a boundary.');
  return name;
}

/** Reads the parts of a form one after another without holding a file in memory. */
export async function* readParts(body: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Part> {
  // A form may begin with its first delimiter, whose line end is then only imagined.
  const stream = new ByteStream(body, endsTooEarly, LINE_END);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await discard(stream.until(delimiter));
  for (let mark = await stream.take(2); !mark.equals(END_MARK); mark = await stream.take(2)) {
    if (!mark.equals(LINE_END))
      throw new MalformedForm('A delimiter of the upload is not a line of its own.');
    const headers = await gather(stream.until(HEADERS_END), MAX_HEADER_BYTES);
    const bytes = stream.until(delimiter);
    yield { ...parseHeaders(headers.toString('utf8')), bytes };
    await discard(bytes);
  }
  await stream.finish();
}

/** All bytes of a part; throws MalformedForm when they are more than the limit. */
export async function gather(bytes: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) throw new MalformedForm(`A field of the upload is longer than ${limit} bytes.`);
  }
  return Buffer.concat(chunks);
}

function endsTooEarly(): MalformedForm {
  return new MalformedForm('The upload ends before its last part does.');
}

async function discard(bytes: AsyncGenerator<Buffer>): Promise<void> {
  while (!(await bytes.next()).done) continue;
}

function parseHeaders(text: string): Omit<Part, 'bytes'> {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(text)?.[1] ?? '';
  const name = parameter(disposition, 'name');
  if (name === undefined) throw new MalformedForm('A part of the upload has no name.');
  const contentType = /^content-type:\s*(\S.*?)\s*$/im.exec(text)?.[1];
  return { name, filename: parameter(disposition, 'filename'), contentType };
}

function parameter(disposition: string, name: string): string | undefined {
  const [, inQuotes, bare] =
    new RegExp(`(?:^|;)\\s*${name}=(?:"((?:\\\\.|[^"\\\\])*)"|([^\\s;"]+))`, 'i').exec(disposition) ?? [];
  return inQuotes?.replaceAll(/\\(["\\])/g, '$1') ?? bare;
}
