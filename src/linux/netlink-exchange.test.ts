import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { NetlinkExchange } from './netlink-exchange.ts';
import type { NetlinkSocket } from './netlink-socket.ts';

const { ENOBUFS, EPERM } = constants.errno;

/** NLMSG_ERROR with an errno, and the header of the request that it answers. */
function acknowledgement(errorNumber: number): Uint8Array {
  const octets = new Uint8Array(16 + 4 + 16);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, true);
  view.setUint16(4, 2, true);
  view.setInt32(16, -errorNumber, true);
  return octets;
}

/** Answers each request with what is next in turn; a number is an errno of reading. */
class Kernel {
  readonly waiting: (Uint8Array | number)[] = [];
  readonly answers: (Uint8Array | number)[][];

  constructor(...answers: (Uint8Array | number)[][]) {
    this.answers = answers;
  }

  send(): null {
    this.waiting.push(...(this.answers.shift() ?? []));
    return null;
  }

  receiveDatagrams(take: (datagram: Uint8Array) => void): number {
    const next = this.waiting.shift();
    if (typeof next === 'number') return -next;
    if (next === undefined) return 0;
    take(next);
    return 1;
  }
}

it('takes no late answer for that of the next request', () => {
  const kernel = new Kernel(
    [acknowledgement(0), ENOBUFS, acknowledgement(EPERM), ENOBUFS, acknowledgement(0)],
    [acknowledgement(0)],
  );
  const exchange = new NetlinkExchange(kernel as unknown as NetlinkSocket);
  const send = () => exchange.send(new Uint8Array(16), 'ask');
  expect(send()).toEqual({ ok: false, error: { code: 'ENOBUFS', call: 'ask' } });
  expect(send()).toEqual({ ok: true, value: [acknowledgement(0)] });
});
