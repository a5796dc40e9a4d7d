/** Sends frames of any octets from a host. */
import { assert } from '../../src/base/assert.ts';
import { bind, close, send } from '../../src/linux/libc.ts';
import { allocate } from '../../src/linux/native-memory.ts';
import { openSocket } from '../../src/linux/socket.ts';
import type { Host } from '../kernel/namespace.ts';

const packetFamily = 17; // AF_PACKET
const socketAddressLength = 20; // struct sockaddr_ll
const longestFrame = 2048;

export class Injector {
  readonly #descriptor: number;
  readonly #memory = allocate(longestFrame);

  constructor(host: Host, interfaceName: string) {
    const opened = host.run(() => openSocket(packetFamily, 'raw', 0, 'injector'));
    assert(opened.ok, 'no packet socket');
    this.#descriptor = opened.value;
    const [row] = JSON.parse(host.ip(`-j link show ${interfaceName}`)) as [{ ifindex: number }];
    const address = allocate(socketAddressLength);
    address.view.setUint16(0, packetFamily, true);
    address.view.setInt32(4, row.ifindex, true);
    assert(bind(this.#descriptor, address.address, socketAddressLength) === 0, 'bind');
  }

  send(frame: Uint8Array): void {
    this.#memory.octets.set(frame);
    const sent = send(this.#descriptor, this.#memory.address, frame.length, 0);
    assert(sent === frame.length, 'the frame was not sent');
  }

  close(): void {
    close(this.#descriptor);
  }
}
