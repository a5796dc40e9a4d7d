import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { report, sideMessage } from '../../test/scenario/side-specimens.ts';
import { instant } from '../base/units.ts';
import type { IpAddress } from '../model/address.ts';
import type { RouterReport, SideBody, SideMessage } from '../model/side-channel.ts';
import { keyedDigest } from './keyed-digest.ts';
import {
  emitSideMessage,
  fingerprintOf,
  longestSideMessage,
  parseSideMessage,
  sideMessageLength,
} from './side-channel.ts';

const key = '5a'.repeat(32);
const otherKey = '5b'.repeat(32);

function emitted(message: SideMessage, by = key): Uint8Array {
  const buffer = new Uint8Array(longestSideMessage).fill(0xa5);
  const length = emitSideMessage(buffer, message, by);
  expect(length).toBe(sideMessageLength(message));
  expect(buffer[length] ?? 0xa5).toBe(0xa5);
  return buffer.slice(0, length);
}

const session = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((octets) => Buffer.from(octets).toString('hex'))
  .filter((digits) => /[^0]/.test(digits));
const name = fc.string({ maxLength: 60, unit: 'grapheme' }).filter((text) => {
  return Buffer.byteLength(text) <= 255 && Buffer.from(text).toString() === text;
});
const anyReport: fc.Arbitrary<RouterReport> = fc
  .record({
    name,
    state: fc.constantFrom('Initialize' as const, 'Backup' as const, 'Master' as const),
    priority: fc.nat({ max: 255 }),
    virtualRouterId: fc.nat({ max: 255 }),
    version: fc.constantFrom(2 as const, 3 as const),
    transport: fc.constantFrom('multicast' as const, 'unicast' as const),
    intervalCentiseconds: fc.nat({ max: 65_535 }),
    authentication: fc.constantFrom('none' as const, 'simple' as const, 'hmac' as const),
    fingerprint: session,
    v6: fc.boolean(),
    hosts: fc.array(fc.integer({ min: 1, max: 250 }), { maxLength: 20 }),
    hasSource: fc.boolean(),
  })
  .map(({ v6, hosts, hasSource, ...rest }) => {
    const address = (host: number) =>
      `${v6 ? '2001:db8::' : '192.0.2.'}${String(host)}` as IpAddress;
    return {
      ...rest,
      family: v6 ? ('IPv6' as const) : ('IPv4' as const),
      source: hasSource ? address(1) : null,
      addresses: hosts.map((host) => (v6 ? address(host % 9) : address(host))),
    };
  })
  .map((one) => ({ ...one, addresses: one.addresses.filter((each) => !each.endsWith('::0')) }));
const handOver = fc.nat({ max: 0xffff_ffff });
const moment = fc.nat({ max: Number.MAX_SAFE_INTEGER }).map((value) => instant(value));
const anyBody: fc.Arbitrary<SideBody> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    sentAt: moment,
    reports: fc.array(anyReport, { maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant('take' as const),
    handOver,
    before: moment,
    instances: fc.array(name, { maxLength: 9 }),
  }),
  fc.record({ type: fc.constant('taken' as const), handOver }),
  fc.record({
    type: fc.constant('declined' as const),
    handOver,
    reason: fc.constantFrom('stopping' as const, 'not-master' as const),
  }),
);
const anyMessage: fc.Arbitrary<SideMessage> = fc.record({
  sender: session,
  receiver: fc.option(session),
  counter: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  body: anyBody,
});

describe('a message', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(parseSideMessage(emitted(message), key)).toEqual({ ok: true, value: message });
      }),
    );
  });

  it('has the octets that its diagram says', () => {
    const octets = emitted(sideMessage({ type: 'taken', handOver: 7 }, { counter: 0x1_0000_0002 }));
    expect(Buffer.from(octets.subarray(0, 36)).toString('hex')).toBe(
      '4241544e' +
        '01020000' +
        '00000000000000bb' +
        '00000000000000aa' +
        '0000000100000002' +
        '00000007',
    );
    expect(octets).toHaveLength(36 + 32);
  });

  it('of another key is forged', () => {
    const octets = emitted(sideMessage({ type: 'taken', handOver: 1 }), otherKey);
    expect(parseSideMessage(octets, key)).toEqual({ ok: false, error: 'side-forged' });
  });

  it('is never believed once a single octet was changed', () => {
    const whole = emitted(sideMessage({ type: 'hello', sentAt: instant(7), reports: [report()] }));
    for (let place = 0; place < whole.length; place += 1) {
      const changed = Uint8Array.from(whole);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(parseSideMessage(changed, key).ok).toBe(false);
    }
  });

  it('is never believed when it is cut off or has more behind it', () => {
    const whole = emitted(sideMessage({ type: 'hello', sentAt: instant(7), reports: [report()] }));
    for (let length = 0; length < whole.length; length += 1) {
      expect(parseSideMessage(whole.subarray(0, length), key).ok).toBe(false);
    }
    expect(parseSideMessage(Uint8Array.of(...whole, 0), key).ok).toBe(false);
  });

  it('that is signed right and means nothing is malformed, not taken in part', () => {
    const whole = emitted(sideMessage({ type: 'declined', handOver: 1, reason: 'stopping' }));
    // As a later version with one more reason would sign it.
    const octets = resigned(whole, (body) => (body[36] = 99));
    expect(parseSideMessage(octets, key)).toEqual({ ok: false, error: 'side-malformed' });
  });
});

describe('a fingerprint', () => {
  const none = { authentication: { type: 'none' }, hmacKeys: [] } as const;

  it('tells secrets apart, whatever the order of keys', () => {
    const simple = (password: string) => ({
      authentication: { type: 'simple', password } as const,
      hmacKeys: [],
    });
    const [one, two] = [
      { id: 1, key: 'aa' },
      { id: 2, key: 'bb' },
    ];
    expect(fingerprintOf(simple('a'), key)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(simple('a'), key)).toBe(fingerprintOf(simple('a'), key));
    expect(fingerprintOf(simple('a'), key)).not.toBe(fingerprintOf(simple('b'), key));
    expect(fingerprintOf(simple('a'), key)).not.toBe(fingerprintOf(simple('a'), otherKey));
    expect(fingerprintOf({ ...none, hmacKeys: [one, two] }, key)).toBe(
      fingerprintOf({ ...none, hmacKeys: [two, one] }, key),
    );
  });
});

/** The message with its octets changed, and signed as if they had always been so. */
function resigned(whole: Uint8Array, change: (octets: Uint8Array) => void): Uint8Array {
  const octets = Uint8Array.from(whole);
  change(octets);
  const signed = octets.subarray(0, octets.length - 32);
  octets.set(keyedDigest([signed], { algorithm: 'sha256', key, length: 32 }), signed.length);
  return octets;
}
