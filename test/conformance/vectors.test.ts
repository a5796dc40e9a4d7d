/**
 * The conformance vectors: frames that a router must understand or must drop.
 * Each is covered here, but for those of BFD, which is another protocol.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { SignatureMemory } from '../../src/core/authentication.ts';
import { judgeAdvert } from '../../src/core/advert-judgement.ts';
import {
  vrrpGroupIpv4,
  vrrpGroupIpv6,
  type IpAddress,
  type Ipv6Address,
  type InterfaceName,
  type Ipv4Address,
  type MacAddress,
} from '../../src/model/address.ts';
import type { Advert, Vrrp2Advert, Vrrp3Advert } from '../../src/model/advert.ts';
import type { Authentication, InstanceConfig } from '../../src/model/config.ts';
import { instanceDefaults, multicastTransport, virtualAddress } from '../../src/model/defaults.ts';
import type { DropReason } from '../../src/model/drop-reason.ts';
import { familyOf } from '../../src/model/address.ts';
import {
  emitUnsolicitedAdvertisement,
  unsolicitedAdvertisementLength,
} from '../../src/wire/neighbour-advertisement.ts';
import { emitGratuitousArp, gratuitousArpLength, type ArpPacket } from '../../src/wire/arp.ts';
import { parsePacket } from '../../src/wire/vrrp-packet.ts';
import { decodeFrame, encodeFrame, sealKey } from './frame.ts';

interface Vector {
  readonly name: string;
  readonly note: string;
  readonly valid: boolean;
  readonly len: number;
  readonly hex: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

const ethernetHeaderLength = 14;
const sender = '192.0.2.1' as Ipv4Address;
const first = '192.0.2.10' as Ipv4Address;
const second = '192.0.2.11' as Ipv4Address;
const physical = '02:00:00:00:00:0a' as MacAddress;
const virtual = '00:00:5e:00:01:3d' as MacAddress;
const broadcast = 'ff:ff:ff:ff:ff:ff' as MacAddress;

const plain: Vrrp2Advert = {
  version: 2,
  virtualRouterId: 51,
  priority: 150,
  advertisementIntervalSeconds: 1,
  authentication: { type: 0, data: '0000000000000000' },
  addresses: [first, second],
};

const later: Vrrp3Advert = {
  version: 3,
  virtualRouterId: 53,
  priority: 150,
  advertisementIntervalCentiseconds: 50,
  checksum: 'pseudo-header',
  addresses: [first, second],
};

const linkLocal = 'fe80::10' as Ipv6Address;
const globalAddress = '2001:db8:0:1::10' as Ipv6Address;

const overIpv6: Vrrp3Advert = {
  ...later,
  virtualRouterId: 54,
  advertisementIntervalCentiseconds: 100,
  addresses: [linkLocal, globalAddress],
};

/** To 192.0.2.2 and not to the group. */
const toPeer: Vrrp3Advert = {
  ...later,
  virtualRouterId: 56,
  advertisementIntervalCentiseconds: 100,
};

const adverts = new Map<string, Advert>([
  ['v2-none', plain],
  ['v2-pass', { ...plain, authentication: { type: 1, data: '7333637233740000' } }],
  [
    'v2-ah',
    { ...plain, virtualRouterId: 52, authentication: { type: 2, data: '0000000000000000' } },
  ],
  ['v2-prio0', { ...plain, priority: 0 }],
  ['v2-vmac', { ...plain, virtualRouterId: 61, addresses: [first] }],
  ['v3-ipv4-pseudo', later],
  ['v3-ipv4-rfc9568', { ...later, checksum: 'message' }],
  ['v3-ipv4-unicast', toPeer],
  ['v3-ipv4-unicast-oldcsum', { ...toPeer, checksum: 'group-pseudo-header' }],
  [
    'v3-ipv4-maxint',
    { ...later, virtualRouterId: 255, priority: 254, advertisementIntervalCentiseconds: 4095 },
  ],
  ['v3-ipv4-prio0', { ...later, priority: 0 }],
  ['v3-ipv6', overIpv6],
  ['v3-ipv6-prio0', { ...overIpv6, priority: 0 }],
  ['v3-ipv6-vmac', { ...overIpv6, virtualRouterId: 63 }],
]);

/** Decoded, but never sent so by us. */
const reserved = 'v3-ipv4-reserved';

const neighbours = new Map([
  ['una-R-O', { router: true, hardware: '00:00:5e:00:02:3f' as MacAddress }],
  ['una-O-only', { router: false, hardware: physical }],
]);

const claim: ArpPacket = {
  operation: 1,
  senderHardware: virtual,
  senderProtocol: first,
  targetHardware: broadcast,
  targetProtocol: first,
};

const gratuitousArps = new Map<string, ArpPacket>([
  ['garp-request', { ...claim, senderHardware: physical }],
  ['garp-request-vmac', claim],
  ['garp-reply', { ...claim, operation: 2 }],
  ['garp-rfc9568', { ...claim, targetHardware: virtual }],
]);

/** Dropped whatever the configuration says: by the codec. */
const unreadable = new Map<string, { reason: DropReason; virtualRouterId: number }>([
  ['bad-version1', { reason: 'version', virtualRouterId: 51 }],
  ['bad-version4', { reason: 'version', virtualRouterId: 53 }],
  ['bad-type2', { reason: 'packet-type', virtualRouterId: 51 }],
  ['bad-csum-v2', { reason: 'checksum', virtualRouterId: 51 }],
  ['bad-count-short', { reason: 'packet-length', virtualRouterId: 51 }],
  ['bad-trunc7', { reason: 'packet-length', virtualRouterId: 51 }],
  ['bad-csum-v3', { reason: 'checksum', virtualRouterId: 53 }],
  ['bad-csum-v6', { reason: 'checksum', virtualRouterId: 54 }],
  ['bad-count0-v3', { reason: 'address-count', virtualRouterId: 53 }],
  ['bad-advint0-v3', { reason: 'interval-zero', virtualRouterId: 53 }],
  ['bad-noauthdata-v2', { reason: 'packet-length', virtualRouterId: 51 }],
]);

const none: Authentication = { type: 'none' };
const sealed: Authentication = { type: 'header', password: 's3cr3t' };
const simple: Authentication = { type: 'simple', password: 's3cr3t' };

/** Decoded, and dropped by a receiver that is configured so. */
const unacceptable = new Map<string, { authentication: Authentication; reason: DropReason }>([
  ['bad-ttl254-v2', { authentication: none, reason: 'ip-ttl' }],
  ['bad-hlim254-v6', { authentication: none, reason: 'ip-ttl' }],
  ['bad-advint-v2', { authentication: none, reason: 'advertisement-interval' }],
  ['bad-authtype', { authentication: none, reason: 'authentication-type-unknown' }],
  ['bad-password', { authentication: simple, reason: 'authentication-failure' }],
]);

/** Baton does not speak BFD. */
const notCovered = ['bfd-down', 'bfd-init', 'bfd-up', 'bfd-up-ipv6', 'bfd-admindown'];

/** A receiver of the group's adverts for virtual router 51, an interval of 1 s and both addresses. */
function receiver(authentication: Authentication, advert: Advert): InstanceConfig {
  const eth0 = 'eth0' as InterfaceName;
  const family = advert.addresses.some((address) => address.includes(':')) ? 'IPv6' : 'IPv4';
  return {
    ...instanceDefaults,
    name: 'VI_1',
    version: advert.version,
    family,
    transport: multicastTransport(family),
    interface: eth0,
    virtualRouterId: advert.virtualRouterId,
    authentication,
    virtualAddresses: advert.addresses.map((address) => virtualAddress(address, eth0)),
  };
}

function octetsOf(name: string): Uint8Array {
  const vector = vectors.find((one) => one.name === name);
  assert(vector !== undefined, `there is no vector ${name}`);
  return Uint8Array.from(Buffer.from(vector.hex, 'hex'));
}

function parse(name: string): ReturnType<typeof parsePacket> {
  const keys = { authenticationHeader: sealKey, hmac: [] };
  return parsePacket(octetsOf(name).subarray(ethernetHeaderLength), () => keys);
}

function judge(name: string, authentication: Authentication): DropReason | null {
  const parsed = parse(name);
  assert(parsed.ok, `the vector ${name} can't be decoded`);
  const channel = {
    interface: 'eth0' as InterfaceName,
    family: familyOf(parsed.value.source),
    protocol: 'vrrp' as const,
  };
  const received = { type: 'advert-received' as const, channel, ...parsed.value, hmac: null };
  const context = {
    localAddress: '192.0.2.2' as IpAddress,
    signatures: new SignatureMemory(),
    listKnown: false,
  };
  return judgeAdvert(received, receiver(authentication, parsed.value.advert), context).dropped;
}

describe('the list of vectors', () => {
  it('is covered whole, but for the 5 of BFD', () => {
    const covered = [adverts, neighbours, gratuitousArps, unreadable, unacceptable].flatMap(
      (group) => [...group.keys()],
    );
    covered.push(reserved);
    expect(covered).toHaveLength(37);
    expect(notCovered).toHaveLength(5);
    expect([...covered, ...notCovered].sort()).toEqual(vectors.map(({ name }) => name).sort());
  });

  it('is as long as it says, and in no vector cut off', () => {
    expect(vectors).toHaveLength(42);
    for (const { hex, len } of vectors) expect(hex).toHaveLength(2 * len);
  });

  it('expects a drop of every bad vector and of no other', () => {
    const dropped = [...unreadable.keys(), ...unacceptable.keys()];
    const bad = vectors.filter(({ name, valid }) => !valid && !notCovered.includes(name));
    expect(dropped.sort()).toEqual(bad.map(({ name }) => name).sort());
  });
});

describe.each([...adverts])('the advert %s', (name, advert) => {
  it('decodes as stated and encodes byte for byte', () => {
    const frame = decodeFrame(octetsOf(name));
    const ipv6 = name.startsWith('v3-ipv6');
    const source = ipv6 ? 'fe80::ff:fe00:a' : sender;
    const group = ipv6 ? vrrpGroupIpv6 : vrrpGroupIpv4;
    const destination = name.startsWith('v3-ipv4-unicast') ? '192.0.2.2' : group;
    expect(frame).toMatchObject({
      type: 'vrrp',
      parsed: { ok: true, value: { source, destination, timeToLive: 255, advert } },
    });
    expect(encodeFrame(frame)).toEqual(octetsOf(name));
  });
});

it('the reserved bits of version 3 do not matter', () => {
  expect(parse(reserved)).toMatchObject({ ok: true, value: { advert: later } });
});

it('the Authentication Header is intact, and says who sent it and as which one', () => {
  expect(parse('v2-ah')).toMatchObject({
    value: {
      authenticationHeader: { securityParametersIndex: sender, sequenceNumber: 1, intact: true },
    },
  });
  const other = octetsOf('v2-ah').subarray(ethernetHeaderLength);
  const wrongKey = { authenticationHeader: '7333637233750000', hmac: [] };
  expect(parsePacket(other, () => wrongKey)).toMatchObject({
    value: { authenticationHeader: { intact: false } },
  });
});

describe.each([...neighbours])('the neighbour advertisement %s', (name, expected) => {
  it('decodes as stated and encodes byte for byte', () => {
    const frame = decodeFrame(octetsOf(name));
    expect(frame).toMatchObject({
      type: 'neighbour-advertisement',
      neighbour: {
        source: globalAddress,
        destination: 'ff02::1',
        solicited: false,
        override: true,
        target: globalAddress,
        ...expected,
      },
    });
    expect(encodeFrame(frame)).toEqual(octetsOf(name));
  });
});

it('the neighbour advertisement that we send is una-R-O', () => {
  const frame = new Uint8Array(unsolicitedAdvertisementLength).fill(0xa5);
  const hardware = '00:00:5e:00:02:3f' as MacAddress;
  emitUnsolicitedAdvertisement(frame, 0, { address: globalAddress, hardware });
  expect(frame).toEqual(octetsOf('una-R-O'));
});

it.each([
  ['v2-none', none],
  ['v2-pass', simple],
  ['v2-prio0', none],
  ['v2-ah', sealed],
  ['v3-ipv4-pseudo', none],
  ['v3-ipv4-rfc9568', none],
  ['v3-ipv6', none],
])('the advert %s is accepted by a receiver that matches', (name, authentication) => {
  expect(judge(name, authentication)).toBeNull();
});

describe.each([...gratuitousArps])('the gratuitous ARP %s', (name, arp) => {
  it('decodes as stated and encodes byte for byte', () => {
    const frame = decodeFrame(octetsOf(name));
    expect(frame).toEqual({
      type: 'gratuitous-arp',
      ethernet: { destination: broadcast, source: arp.senderHardware, etherType: 0x0806 },
      arp,
    });
    expect(encodeFrame(frame)).toEqual(octetsOf(name));
  });
});

it.each([
  ['garp-request', physical],
  ['garp-request-vmac', virtual],
])('the gratuitous ARP that we send is %s', (name, hardware) => {
  const frame = new Uint8Array(gratuitousArpLength).fill(0xa5);
  emitGratuitousArp(frame, 0, { address: first, hardware });
  expect(frame).toEqual(octetsOf(name));
});

it.each([...unreadable])('the frame %s is dropped by the codec', (name, expected) => {
  const source = name === 'bad-csum-v6' ? 'fe80::ff:fe00:a' : sender;
  expect(parse(name)).toEqual({ ok: false, error: { source, ...expected } });
});

it.each([...unacceptable])('the advert %s is dropped by the receiver', (name, expected) => {
  expect(judge(name, expected.authentication)).toBe(expected.reason);
});
