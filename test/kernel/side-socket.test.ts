/** The socket of the side channel on the real kernel. */
import { describe, expect } from 'vitest';
import { openSideSocket } from '../../src/linux/side-socket.ts';
import type { IpAddress } from '../../src/model/address.ts';
import { cableTest, type Station } from './station.ts';

const at = (address: string, port = 8112) => ({ address: address as IpAddress, port });
const octets = Uint8Array.of(1, 2, 3);

function say(station: Station, to: ReturnType<typeof at>): void {
  station.network.queueSideDatagram(to, octets);
  expect(station.network.flush()).toEqual([]);
}

describe('a datagram of the side channel', () => {
  for (const [near, far, length] of [
    ['192.0.2.1', '192.0.2.2', 24],
    ['2001:db8::1', '2001:db8::2', 64],
  ] as const) {
    cableTest(`reaches the other host, with who has sent it: ${far}`, (one, other) => {
      if (length === 64) {
        one.host.ip(`address add ${near}/64 dev eth0 nodad`);
        other.host.ip(`address add ${far}/64 dev eth0 nodad`);
      }
      const sessions = [
        one.host.run(() => one.network.openSideChannel(at(near))),
        other.host.run(() => other.network.openSideChannel(at(far))),
      ].map((opened) => (opened.ok ? opened.value : opened.error.code));
      for (const session of sessions) expect(session).toMatch(/^[0-9a-f]{16}$/);
      expect(sessions[0]).not.toBe(sessions[1]);
      say(one, at(far));
      expect(other.receiveUntil(() => other.sideDatagrams.length > 0)).toBe(true);
      expect(other.sideDatagrams).toEqual([`${near} 010203`]);
      // And once it is closed, none does.
      other.network.closeSideChannel();
      say(one, at(far));
      other.receive();
      expect(other.sideDatagrams).toHaveLength(1);
    });
  }

  cableTest('waits for an address that is not there yet, and is lost until then', (one, other) => {
    const own = at('192.0.2.77');
    expect(one.host.run(() => one.network.openSideChannel(own)).ok).toBe(true);
    expect(other.host.run(() => other.network.openSideChannel(at('192.0.2.2'))).ok).toBe(true);
    say(one, at('192.0.2.2'));
    one.host.ip('address add 192.0.2.77/24 dev eth0');
    one.network.queueSideDatagram(at('192.0.2.2'), Uint8Array.of(9));
    one.network.flush();
    const came = () => other.sideDatagrams.some((one) => one.endsWith(' 09'));
    expect(other.receiveUntil(came)).toBe(true);
  });

  cableTest('is told of by its error where another socket has the port', (one) => {
    const own = at('192.0.2.1');
    expect(one.host.run(() => one.network.openSideChannel(own)).ok).toBe(true);
    const second = one.host.run(() => {
      const taken = openSideSocket(own);
      return taken.ok ? 'opened' : taken.error;
    });
    expect(second).toEqual({
      code: 'EADDRINUSE',
      call: 'bind the side channel to 192.0.2.1 port 8112',
    });
  });
});
