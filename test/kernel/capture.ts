/** Frames as they arrive at a host, by a packet socket that sees everything. */
import { assert } from '../../src/base/assert.ts';
import { close } from '../../src/linux/libc.ts';
import { ReceiveBatch } from '../../src/linux/message-batch.ts';
import { openSocket, setBuffer } from '../../src/linux/socket.ts';
import type { Host } from './namespace.ts';

const packetFamily = 17; // AF_PACKET
const allProtocols = 0x0300; // ETH_P_ALL, in network order
const ipv4AndArp = ['0800', '0806'];

export class Capture {
  readonly #descriptor: number;
  readonly #batch = new ReceiveBatch({ capacity: 64, datagramOctets: 2048 });

  readonly #etherTypes: ReadonlySet<string>;

  /** Sees frames of these types alone. */
  constructor(host: Host, etherTypes: readonly string[] = ipv4AndArp) {
    this.#etherTypes = new Set(etherTypes);
    const opened = host.run(() => openSocket(packetFamily, 'raw', allProtocols, 'capture'));
    assert(opened.ok, 'no packet socket');
    this.#descriptor = opened.value;
    setBuffer(this.#descriptor, 'receive', 1 << 22);
  }

  /** The frames that came since the last time, in order, as hexadecimal digits. */
  frames(): readonly string[] {
    const frames: string[] = [];
    for (;;) {
      const count = this.#batch.receive(this.#descriptor);
      if (count <= 0) return frames;
      for (let index = 0; index < count; index += 1) {
        const frame = Buffer.from(this.#batch.datagram(index)).toString('hex');
        if (this.#etherTypes.has(frame.slice(24, 28))) frames.push(frame);
      }
    }
  }

  close(): void {
    close(this.#descriptor);
  }
}
