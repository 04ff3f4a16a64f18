/** One packet of git's protocol; undefined is a flush. */
export type Packet = Buffer | undefined;

/** Takes packets from the beginning of some bytes until a flush or their end; says where they end. */
export function readPackets(bytes: Buffer, start = 0): { packets: Buffer[]; end: number } {
  const packets: Buffer[] = [];
  let at = start;
  while (at + 4 <= bytes.length) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(length)) break;
    if (length < 4) return { packets, end: at + 4 };
    packets.push(bytes.subarray(at + 4, at + length));
    at += length;
  }
  return { packets, end: at };
}

/** Packets as bytes. */
export function writePackets(packets: readonly Packet[]): Buffer {
  return Buffer.concat(
    packets.map((packet) => {
      if (packet === undefined) return Buffer.from('0000');
      const length = (packet.length + 4).toString(16).padStart(4, '0');
      return Buffer.concat([Buffer.from(length), packet]);
    }),
  );
}
