import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Temporal keeps its members' ports in PostgreSQL as smallint: the ports that the kernel hands out are too high. */
const highest = 32_767;
const lowest = 20_000;

/** So many different ports of the loopback address that nobody listens on and that fit into a smallint. */
export async function lowFreePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
