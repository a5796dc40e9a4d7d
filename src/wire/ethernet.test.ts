import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MacAddress } from '../model/address.ts';
import { broadcastMac, emitEthernetHeader, etherTypes, parseEthernetHeader } from './ethernet.ts';

const header = {
  destination: broadcastMac,
  source: '02:00:00:00:00:0a' as MacAddress,
  etherType: etherTypes.arp,
};
const octets = Uint8Array.of(...Array<number>(6).fill(0xff), 2, 0, 0, 0, 0, 0x0a, 8, 6);

describe('the Ethernet header', () => {
  it('is emitted at an offset and touches nothing else', () => {
    const target = new Uint8Array(16).fill(0xa5);
    expect(emitEthernetHeader(target, 1, header)).toBe(14);
    expect(target).toEqual(Uint8Array.of(0xa5, ...octets, 0xa5));
  });

  it('is parsed, whatever follows it', () => {
    expect(parseEthernetHeader(Uint8Array.of(...octets, 1, 2, 3))).toEqual(header);
  });

  it('is null where the frame is too short', () => {
    expect(parseEthernetHeader(octets.subarray(0, 13))).toBeNull();
  });

  it('is parsed from any octets without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (frame) => {
        expect(parseEthernetHeader(frame) === null).toBe(frame.length < 14);
      }),
    );
  });
});
