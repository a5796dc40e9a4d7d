/** Adverts: what parses is emitted with the same octets, but for what a receiver passes over. */
import type { Random } from '../../src/base/random.ts';
import {
  isIpv6,
  vrrpGroupIpv4,
  type IpAddress,
  type Ipv4Address,
} from '../../src/model/address.ts';
import type { Advert } from '../../src/model/advert.ts';
import { authenticationHeaderLength } from '../../src/wire/authentication-header.ts';
import { checksumOf, sumOctets } from '../../src/wire/checksum.ts';
import { hmacTrailerLength } from '../../src/wire/hmac-trailer.ts';
import { ipProtocols, parseIpv4Header } from '../../src/wire/ipv4.ts';
import {
  departureLength,
  emitPacket,
  noKeys,
  parsePacket,
  type AdvertKeys,
  type ArrivedAdvert,
  type DepartingAdvert,
} from '../../src/wire/vrrp-packet.ts';
import type { FuzzTarget } from './campaign.ts';
import { capturedPayloads } from './corpus.ts';
import { promise, promiseSame, surrounded } from './promise.ts';

const sealKey = '7333637233740000';
const hmacKey = '000102030405060708090a0b0c0d0e0f';
const keys: AdvertKeys = { authenticationHeader: sealKey, hmac: [{ id: 7, key: hmacKey }] };

const ipv4 = { source: '192.0.2.1', destination: vrrpGroupIpv4 } as {
  source: IpAddress;
  destination: IpAddress;
};
const ipv6 = { source: 'fe80::1', destination: 'ff02::12' } as {
  source: IpAddress;
  destination: IpAddress;
};

const plain: Advert = {
  version: 2,
  virtualRouterId: 51,
  priority: 150,
  advertisementIntervalSeconds: 1,
  authentication: { type: 0, data: '0000000000000000' },
  addresses: ['192.0.2.10', '192.0.2.11'] as Ipv4Address[],
};
const later: Advert = {
  version: 3,
  virtualRouterId: 53,
  priority: 100,
  advertisementIntervalCentiseconds: 100,
  checksum: 'pseudo-header',
  addresses: ['192.0.2.10', '192.0.2.11'] as Ipv4Address[],
};
const overIpv6: Advert = { ...later, addresses: ['fe80::10', '2001:db8::10'] as IpAddress[] };

const authenticationHeader = {
  securityParametersIndex: '192.0.2.1' as Ipv4Address,
  sequenceNumber: 9,
  key: sealKey,
};
const hmac = { keyId: 7, seconds: 1_700_000_000, fraction: 5, counter: 2, key: hmacKey };

/** What no vector holds: everything that authenticates, alone and together. */
const authenticated: readonly DepartingAdvert[] = [
  { ...ipv4, identification: 1, advert: plain, authenticationHeader },
  { ...ipv4, identification: 2, advert: plain, hmac },
  { ...ipv4, identification: 3, advert: plain, authenticationHeader, hmac },
  { ...ipv4, identification: 4, advert: later, authenticationHeader, hmac },
  { ...ipv4, identification: 5, advert: later, hmac },
  { ...ipv4, identification: 6, advert: { ...later, checksum: 'message' }, hmac },
  { ...ipv6, identification: 0, advert: overIpv6, hmac },
  { ...ipv6, identification: 0, advert: overIpv6 },
];

const vrrpChecksumOffset = 6;

function emitted(departing: DepartingAdvert): Uint8Array {
  const buffer = new Uint8Array(departureLength(departing)).fill(0xa5);
  promise(emitPacket(buffer, departing) === buffer.length, 'a packet is as long as was said');
  return buffer;
}

export const packetTarget: FuzzTarget = {
  name: 'packet',
  corpus: [...capturedPayloads(), ...authenticated.map(emitted)],
  words: [],
  limitOctets: 1_400,
  limitMs: 100,
  mend: mendChecksums,
  run(octets) {
    const parsed = parsePacket(octets, () => keys);
    if (!parsed.ok) {
      const { reason, source, virtualRouterId } = parsed.error;
      return `${reason} ${String(source === null)} ${String(virtualRouterId === null)}`;
    }
    promise(parsePacket(octets, () => noKeys).ok, 'keys decide nothing about what can be read');
    const apart = parsePacket(surrounded(octets), () => keys);
    promiseSame(parsed, apart, 'nothing beyond the packet matters');
    const departing = departureOf(parsed.value, octets);
    const again = emitted(departing);
    checkReparsed(parsed.value, again);
    return `${describe(parsed.value)} ${checkOctets(octets, again, parsed.value)}`;
  },
};

function departureOf(arrived: ArrivedAdvert, octets: Uint8Array): DepartingAdvert {
  const header = parseIpv4Header(octets);
  return {
    ...arrived,
    identification: header.ok ? header.value.identification : 0,
    authenticationHeader: arrived.authenticationHeader && {
      ...arrived.authenticationHeader,
      key: sealKey,
    },
    hmac: arrived.hmac && { ...arrived.hmac, key: hmacKey },
  };
}

/** What was emitted is read as it was read before, and is now authentic where there is a key. */
function checkReparsed(arrived: ArrivedAdvert, again: Uint8Array): void {
  const reparsed = parsePacket(again, () => keys);
  const { authenticationHeader: seal, hmac: trailer } = arrived;
  const verdict = trailer?.keyId === 7 ? 'intact' : 'unknown-key';
  promiseSame(
    reparsed,
    {
      ok: true,
      value: {
        ...arrived,
        authenticationHeader: seal && { ...seal, intact: true },
        hmac: trailer && { ...trailer, verdict },
      },
    },
    'what is emitted is read again as the same',
  );
}

/** Compares octet by octet what has only one way of being written; tells if it was all of it. */
function checkOctets(octets: Uint8Array, again: Uint8Array, arrived: ArrivedAdvert): string {
  const { advert, authenticationHeader: seal, hmac: trailer } = arrived;
  const version6 = isIpv6(arrived.source);
  const header = version6 ? 40 : ((octets[0] ?? 0) & 0x0f) * 4;
  const start = header + (seal === null ? 0 : authenticationHeaderLength);
  const startAgain = (version6 ? 40 : 20) + (seal === null ? 0 : authenticationHeaderLength);
  const end = again.length - (trailer === null ? 0 : hmacTrailerLength) - startAgain;
  const reserved = advert.version === 3 && ((octets[start + 4] ?? 0) & 0xf0) !== 0;
  const whole = version6 || header === 20;
  for (let place = 0; place < end; place += 1) {
    const checksum = place === vrrpChecksumOffset || place === vrrpChecksumOffset + 1;
    // The reserved bits are in the checksum, and over IPv6 what lies behind is too.
    if (checksum && (reserved || trailer !== null || isZero(octets, start))) continue;
    if (place === 4 && reserved) continue;
    promise(
      octets[start + place] === again[startAgain + place],
      `octet ${String(place)} of the message is emitted as it came`,
    );
  }
  if (trailer?.verdict === 'intact' && !reserved) {
    const [one, other] = [octets.subarray(start + end), again.subarray(startAgain + end)];
    promiseSame([...one.subarray(0, hmacTrailerLength)], [...other], 'an intact trailer stays');
  }
  return `${String(whole)} ${String(reserved)}`;
}

/** A checksum of zero has two ways of being written. */
function isZero(octets: Uint8Array, start: number): boolean {
  const high = octets[start + vrrpChecksumOffset];
  const low = octets[start + vrrpChecksumOffset + 1];
  return high === low && (high === 0 || high === 0xff);
}

function describe({ advert, authenticationHeader, hmac: trailer, source }: ArrivedAdvert): string {
  const kind = advert.version === 2 ? advert.authentication.type : advert.checksum;
  const { length } = advert.addresses;
  return [
    advert.version,
    kind,
    isIpv6(source),
    length,
    authenticationHeader?.intact,
    trailer?.verdict,
  ].join(' ');
}

/** Puts the lengths and checksums in order, so that what lies behind them is reached. */
function mendChecksums(octets: Uint8Array, random: Random): Uint8Array {
  const version = (octets[0] ?? 0) >>> 4;
  if (version === 6 && octets.length >= 48) {
    if (random.next() < 0.8) write(octets, 4, octets.length - 40);
    mendMessage(octets, 40, octets.length);
    return octets;
  }
  const header = ((octets[0] ?? 0) & 0x0f) * 4;
  if (version !== 4 || header < 20 || octets.length < header + 8) return octets;
  if (random.next() < 0.8) write(octets, 2, octets.length);
  octets[6] = (octets[6] ?? 0) & 0xc0;
  octets[7] = 0;
  mendMessage(octets, header + (octets[9] === ipProtocols.authenticationHeader ? 24 : 0), header);
  write(octets, 10, 0);
  write(octets, 10, checksumOf(sumOctets(octets, 0, header)));
  return octets;
}

/** By the message's own length, or for IPv6 by all there is; without or with a pseudo-header. */
function mendMessage(octets: Uint8Array, start: number, header: number): void {
  const version6 = (octets[0] ?? 0) >>> 4 === 6;
  const version2 = (octets[start] ?? 0) >>> 4 === 2;
  const length = 8 + (octets[start + 3] ?? 0) * (version6 ? 16 : 4) + (version2 ? 8 : 0);
  const end = version6 ? octets.length : Math.min(octets.length, start + length);
  if (end < start + 8) return;
  write(octets, start + vrrpChecksumOffset, 0);
  const sum = sumOctets(octets, start, end);
  const pseudo = version6 || ((octets[start + 1] ?? 0) & 1) === 1;
  const addresses = version6 ? sumOctets(octets, 8, 40) : sumOctets(octets, 12, 20);
  const extra = pseudo && !version2 && header > 0 ? addresses + (end - start) + 112 : 0;
  write(octets, start + vrrpChecksumOffset, checksumOf(sum + extra));
}

function write(octets: Uint8Array, place: number, value: number): void {
  octets[place] = (value >>> 8) & 0xff;
  octets[place + 1] = value & 0xff;
}
