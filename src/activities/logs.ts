import { open, stat } from 'node:fs/promises';

import type { UrgentActivities } from '../contract/activities.js';
import type { KeptPiece, LogAnswer, LogQuestion, RunningPiece } from '../contract/log.js';
import type { Digest } from '../contract/release.js';
import { pause } from './support/cancellation.js';
import { readRunningOutputs, type ReadableOutput } from './support/running-output.js';
import type { ArtifactStore } from './support/store.js';

/** The most bytes of an answer as it travels; escaping makes a text longer. */
const longestAnswer = 192 * 1024;
/** How often a running tool's output is looked at, in milliseconds. */
const interval = 250;

type Kept = Extract<LogQuestion, { digest: Digest }>;
type Running = Exclude<LogQuestion, { digest: Digest }>;

/** Reads what tools printed from the artifact store, and from the state folder while they run. */
export function createLogActivities(state: string, store: ArtifactStore): Pick<UrgentActivities, 'readLog'> {
  return {
    async readLog(question) {
      return 'digest' in question ? readKept(store, question) : readRunning(state, store, question);
    },
  };
}

async function readKept(store: ArtifactStore, { digest, offset }: Kept): Promise<LogAnswer> {
  if (!(await store.has(digest))) return { missing: true };
  const bytes = await store.get(digest);
  if (bytes.subarray(0, 8192).includes(0)) return { binary: true, size: bytes.length };
  return pieceOf(bytes.subarray(offset), offset, bytes.length, longestAnswer);
}

async function readRunning(state: string, store: ArtifactStore, question: Running): Promise<LogAnswer> {
  const end = Date.now() + question.seconds * 1000;
  for (;;) {
    const running = await newPieces(state, store, question);
    if (running.length > 0 || Date.now() >= end) return { running };
    await pause(interval);
  }
}

async function newPieces(
  state: string,
  store: ArtifactStore,
  { workflowIds, since, seen }: Running,
): Promise<RunningPiece[]> {
  const pieces: RunningPiece[] = [];
  let room = longestAnswer;
  const outputs = await Promise.all(workflowIds.map((id) => readRunningOutputs(state, id, since)));
  for (const output of outputs.flat()) {
    const offset = seen[output.name];
    const piece = await readOutput(store, output, offset ?? 0, room);
    if (piece === undefined || (offset !== undefined && piece.text === '')) continue;
    pieces.push({ ...piece, name: output.name, title: output.title });
    room -= lengthOf(piece.text);
    if (room < 1024) break;
  }
  return pieces;
}

/** What follows an offset, of a running tool or of one that has just ended. */
async function readOutput(
  store: ArtifactStore,
  { digest, file }: ReadableOutput,
  offset: number,
  room: number,
): Promise<KeptPiece | undefined> {
  if (digest !== undefined) {
    if (!(await store.has(digest))) return undefined;
    const bytes = await store.get(digest);
    return pieceOf(bytes.subarray(offset), offset, bytes.length, room);
  }
  try {
    const { size } = await stat(file);
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(Math.max(0, Math.min(size - offset, room))),
        {
          position: offset,
        },
      );
      return pieceOf(buffer.subarray(0, bytesRead), offset, size, room);
    } finally {
      await handle.close();
    }
  } catch {
    // It has ended in between: the next question is answered from the store.
    return undefined;
  }
}

/** As much of the bytes as there is room for, cut between two characters. */
function pieceOf(bytes: Buffer, offset: number, size: number, room: number): KeptPiece {
  let length = Math.min(bytes.length, room);
  for (;;) {
    const whole = offset + length < size ? wholeCharacters(bytes, length) : length;
    const text = bytes.toString('utf8', 0, whole);
    if (lengthOf(text) <= room) return { text, next: offset + whole, size };
    length = Math.floor(length / 2);
  }
}

/** How many of the first bytes are whole characters. */
function wholeCharacters(bytes: Buffer, length: number): number {
  // A character of UTF-8 has four bytes at most, and only its first is none of 10xxxxxx.
  for (let start = length - 1; start >= Math.max(0, length - 4); start -= 1) {
    const byte = bytes[start] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return start + wanted > length ? start : length;
  }
  return length;
}

function lengthOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
