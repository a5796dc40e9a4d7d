import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ipv4Address, MacAddress } from '../model/address.ts';
import {
  arpLength,
  arpOperations,
  emitArp,
  emitGratuitousArp,
  gratuitousArpLength,
  isGratuitous,
  parseArp,
  type ArpPacket,
} from './arp.ts';
import { readHex } from './octets.ts';

const hardware = '02:00:00:00:00:0a' as MacAddress;
const address = '192.0.2.10' as Ipv4Address;
const claim: ArpPacket = {
  operation: arpOperations.request,
  senderHardware: hardware,
  senderProtocol: address,
  targetHardware: 'ff:ff:ff:ff:ff:ff' as MacAddress,
  targetProtocol: address,
};

function emitted(packet: ArpPacket): Uint8Array {
  const target = new Uint8Array(arpLength).fill(0xa5);
  expect(emitArp(target, 0, packet)).toBe(arpLength);
  return target;
}

describe('a gratuitous ARP', () => {
  it('is the 42 octets that keepalived sends', () => {
    const frame = new Uint8Array(gratuitousArpLength + 2).fill(0xa5);
    expect(emitGratuitousArp(frame, 1, { address, hardware })).toBe(42);
    expect(readHex(frame, 0, frame.length)).toBe(
      'a5' +
        'ffffffffffff02000000000a0806' +
        '0001080006040001' +
        '02000000000ac000020a' +
        'ffffffffffffc000020a' +
        'a5',
    );
  });

  it('is told by its two equal protocol addresses', () => {
    expect(isGratuitous(claim)).toBe(true);
    expect(isGratuitous({ ...claim, operation: arpOperations.reply })).toBe(true);
    expect(isGratuitous({ ...claim, targetProtocol: '192.0.2.11' as Ipv4Address })).toBe(false);
  });
});

describe('an ARP packet', () => {
  it('is parsed as it was emitted, whatever pads the frame', () => {
    const padded = Uint8Array.of(...emitted(claim), ...new Uint8Array(18));
    expect(parseArp(padded)).toEqual(claim);
  });

  it.each([
    ['hardware type', 1],
    ['protocol type', 2],
    ['hardware address length', 4],
    ['protocol address length', 5],
  ])('is refused where its %s is another', (_, offset) => {
    const octets = emitted(claim);
    octets[offset] = 9;
    expect(parseArp(octets)).toBeNull();
  });

  it('is refused where an octet is missing', () => {
    expect(parseArp(emitted(claim).subarray(0, arpLength - 1))).toBeNull();
  });

  it('is parsed from any octets without an exception, and emitted as it was', () => {
    const fixed = [0, 1, 8, 0, 6, 4];
    const anything = fc.uint8Array({ maxLength: 60 });
    const likely = fc
      .uint8Array({ minLength: 22, maxLength: 22 })
      .map((rest) => Uint8Array.of(...fixed, ...rest));
    fc.assert(
      fc.property(fc.oneof(anything, likely), (octets) => {
        const packet = parseArp(octets);
        if (packet !== null) expect(emitted(packet)).toEqual(octets.slice(0, arpLength));
      }),
    );
    fc.assert(
      fc.property(likely, (octets) => {
        expect(parseArp(octets)).not.toBeNull();
      }),
    );
  });
});
