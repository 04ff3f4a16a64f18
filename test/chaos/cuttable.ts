import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { onTestFinished } from 'vitest';

/** A way to a server that can be cut, as a network is: whoever uses it is not told. */
export interface CuttableWay {
  /** `host:port` of its near end. */
  readonly address: string;
  /** Nothing gets through from now on, in either direction. */
  cut(): void;
  /** What was open breaks off, and what is opened from now on gets through. */
  mend(): void;
}

/** Opens such a way to the server at `host:port`; it is gone after the test. */
export async function cuttableWay(target: string): Promise<CuttableWay> {
  const { hostname, port } = new URL(`http://${target}`);
  const sockets = new Set<Socket>();
  let isCut = false;
  const breakOff = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (bytes) => {
        if (!isCut) other.write(bytes);
      });
      // Each end goes with the other one, however that came.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        if (!isCut) other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    breakOff();
    await closed;
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut: () => void (isCut = true),
    mend() {
      isCut = false;
      breakOff();
    },
  };
}
