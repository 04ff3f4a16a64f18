import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Which server version ran last, and how many releases it left open when it stopped. */
export interface RememberedServer {
  readonly version: string;
  /** `unknown` while it runs, and so after a crash. */
  readonly open: number | 'unknown';
}

/** What was remembered in the state folder, if anything. */
export function readRemembered(folder: string): RememberedServer | undefined {
  try {
    return JSON.parse(readFileSync(place(folder), 'utf8')) as RememberedServer;
  } catch {
    return undefined;
  }
}

export function remember(folder: string, server: RememberedServer): void {
  writeFileSync(place(folder), `${JSON.stringify(server)}\n`);
}

/** Throws if another version of the server left, or may have left, a release open: its database is not migrated. */
export function refuseChange(last: RememberedServer | undefined, version: string): void {
  if (last === undefined || last.version === version || last.open === 0) return;
  const what = last.open === 'unknown' ? 'Releases may be open' : `${String(last.open)} releases are open`;
  throw new Error(
    `${what} on Temporal CLI ${last.version}, and this one is ${version}, which does not take them over: set SLIPWAY_TEMPORAL to a binary of ${last.version} until they have ended.`,
  );
}

function place(folder: string): string {
  return path.join(folder, 'server.json');
}
