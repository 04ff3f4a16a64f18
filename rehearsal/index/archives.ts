import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip, inflateRawSync } from 'node:zlib';
import { ByteStream } from './byte-stream.js';

/** The names of an archive's members and, where wanted, the bytes of some. */
export interface Archive {
  readonly names: ReadonlySet<string>;
  readonly contents: ReadonlyMap<string, Buffer>;
}

/** Why a file is not the archive that its name says. */
export interface NotAnArchive {
  readonly problem: string;
}

const MAX_MEMBER_BYTES = 16 * 1024 * 1024;

/** Lists a zip file and reads the wanted members. */
export async function readZip(
  path: string,
  wanted: (name: string) => boolean,
): Promise<Archive | NotAnArchive> {
  const file = await open(path, 'r');
  try {
    const directory = await readDirectory(file);
    if (directory === undefined) return { problem: 'File is not a zipfile' };
    const contents = new Map<string, Buffer>();
    for (const member of directory) {
      if (member.method !== STORED && member.method !== DEFLATED) {
        return { problem: 'File does not use a supported compression type' };
      }
      if (wanted(member.name)) contents.set(member.name, await readMember(file, member));
    }
    return { names: new Set(directory.map(({ name }) => name)), contents };
  } catch {
    return { problem: 'File is not a zipfile' };
  } finally {
    await file.close();
  }
}

/** Lists a gzipped tar file. */
export async function readTarGz(path: string): Promise<Archive | NotAnArchive> {
  const names = new Set<string>();
  const unzipped = createGunzip();
  pipeline(createReadStream(path), unzipped, () => undefined);
  try {
    for await (const name of tarNames(unzipped)) names.add(name);
  } catch {
    return { problem: 'File is not a tarfile' };
  } finally {
    unzipped.destroy();
  }
  return { names, contents: new Map() };
}

const STORED = 0;
const DEFLATED = 8;

interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly offset: number;
}

async function readDirectory(file: FileHandle): Promise<ZipMember[] | undefined> {
  const { size } = await file.stat();
  const tailSize = Math.min(size, 22 + 0xffff);
  const tail = await readAt(file, size - tailSize, tailSize);
  const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0) return undefined;
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const members: ZipMember[] = [];
  for (let at = 0; at < directory.length;) {
    if (directory.toString('latin1', at, at + 4) !== 'PK\x01\x02') return undefined;
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    members.push({
      name: directory.toString('utf8', at + 46, nameEnd),
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

async function readMember(file: FileHandle, member: ZipMember): Promise<Buffer> {
  const header = await readAt(file, member.offset, 30);
  const start = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = await readAt(file, start, member.compressedSize);
  return member.method === STORED ? bytes : inflateRawSync(bytes, { maxOutputLength: MAX_MEMBER_BYTES });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (length > MAX_MEMBER_BYTES) throw new Error('A part of the zip file is too long.');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('The zip file ends too early.');
  return buffer;
}

/** Yields the members' names, with those that a pax or GNU header spells out in full. */
async function* tarNames(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let longName: string | undefined;
  for await (const { header, data } of tarMembers(stream)) {
    const type = header.toString('latin1', 156, 157);
    if (type === 'x') longName = /^\d+ path=(.*)$/m.exec(data.toString('utf8'))?.[1];
    else if (type === 'L') longName = text(data, 0, data.length);
    else if (type !== 'g' && type !== 'K') {
      yield (longName ?? shortName(header)).replace(/\/$/, '');
      longName = undefined;
    }
  }
}

/** Only a POSIX header has a prefix where GNU keeps other things. */
function shortName(header: Buffer): string {
  const prefix = text(header, 257, 263) === 'ustar' ? text(header, 345, 500) : '';
  return (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100);
}

async function* tarMembers(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ header: Buffer; data: Buffer }> {
  const stream = new ByteStream(chunks, () => new Error('The tar file ends too early.'));
  for (;;) {
    const header = await stream.take(512);
    if (header.every((byte) => byte === 0)) break;
    verifyChecksum(header);
    const size = Number.parseInt(text(header, 124, 136), 8);
    if (!(size >= 0)) throw new Error('A tar member has no readable size.');
    const padded = Math.ceil(size / 512) * 512;
    if (/[xL]/.test(header.toString('latin1', 156, 157)) && size <= MAX_MEMBER_BYTES) {
      yield { header, data: (await stream.take(padded)).subarray(0, size) };
    } else {
      yield { header, data: Buffer.alloc(0) };
      await stream.skip(padded);
    }
  }
  await stream.finish();
}

function verifyChecksum(header: Buffer): void {
  const counted = header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  const noted = Number.parseInt(text(header, 148, 156), 8);
  if (counted !== noted) throw new Error('Not the header of a tar member.');
}

function text(bytes: Buffer, start: number, end: number): string {
  const zero = bytes.indexOf(0, start);
  return bytes.toString('utf8', start, zero < 0 || zero > end ? end : zero);
}
