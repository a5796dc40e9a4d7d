import { describe, expect, it } from 'vitest';
import type { IpAddress } from '../model/address.ts';
import { emitHmacTrailer, parseHmacTrailer, signHmacTrailer } from './hmac-trailer.ts';
import { writeHex } from './octets.ts';

/** The figures that keepalived publishes with its test: key 00 to 1f, VRID 51, priority 200. */
const key = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const keys = [{ id: 1, key }];
const stamp = '010100006800000080000000';
const published = [
  {
    source: '198.51.100.10' as IpAddress,
    message: '3133c80100644402c0000264',
    digest: '1b84bc4e8e43892dc6d98448f8ee2265',
  },
  {
    source: 'fe80::10' as IpAddress,
    message: '3133c8010064a2e9fe800000000000000000000000000100',
    digest: 'c8c56146ebfd66ee10ec4d8186461b78',
  },
];

function octetsOf(digits: string): Uint8Array {
  const octets = new Uint8Array(digits.length / 2);
  writeHex(octets, 0, digits);
  return octets;
}

describe.each(published)('the published advert of $source', ({ source, message, digest }) => {
  const octets = octetsOf(message + stamp + digest);
  const trailerStart = message.length / 2;

  it('is intact by its key, and unknown without', () => {
    const fields = { keyId: 1, seconds: 0x6800_0000, fraction: 0x8000, counter: 0 };
    const intact = { ...fields, verdict: 'intact' };
    expect(parseHmacTrailer({ octets, source }, keys)).toEqual(intact);
    const unknown = { ...fields, verdict: 'unknown-key' };
    expect(parseHmacTrailer({ octets, source }, [])).toEqual(unknown);
    expect(parseHmacTrailer({ octets, source }, [{ id: 2, key }])).toEqual(unknown);
  });

  it('is what we would send', () => {
    const made = new Uint8Array(octets.length).fill(0xa5);
    made.set(octets.subarray(0, trailerStart));
    const fields = { keyId: 1, seconds: 0x6800_0000, fraction: 0x8000, counter: 0 };
    expect(emitHmacTrailer(made, trailerStart, fields)).toBe(28);
    signHmacTrailer({ octets: made, source }, key);
    expect(made).toEqual(octets);
  });

  it.each([
    ['the priority', 2, 'forged'],
    ['the interval', 5, 'forged'],
    ['the checksum', 6, 'intact'],
    ['an address', trailerStart - 1, 'forged'],
    ['the type', trailerStart, 'malformed'],
    ['the key', trailerStart + 1, 'unknown-key'],
    ['the reserved octets', trailerStart + 2, 'malformed'],
    ['the time', trailerStart + 4, 'forged'],
    ['the counter', trailerStart + 11, 'forged'],
    ['the digest', trailerStart + 27, 'forged'],
  ])('with %s changed is judged rightly', (_, offset, verdict) => {
    const changed = octets.with(offset, (octets[offset] ?? 0) ^ 1);
    expect(parseHmacTrailer({ octets: changed, source }, keys)).toMatchObject({ verdict });
  });

  it('is forged in the name of another host', () => {
    const other = { octets, source: 'fe80::20' as IpAddress };
    expect(parseHmacTrailer(other, keys)).toMatchObject({ verdict: 'forged' });
  });
});
