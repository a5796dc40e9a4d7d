/**
 * The conformance vectors: frames that a router must understand or must drop.
 * Each is covered here, or stands in the list of those that wait for their codec.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assert } from '../../src/base/assert.ts';
import { milliseconds, seconds, zero } from '../../src/base/units.ts';
import { judgeAdvert } from '../../src/core/advert-judgement.ts';
import {
  vrrpGroupIpv4,
  type InterfaceName,
  type Ipv4Address,
  type MacAddress,
} from '../../src/model/address.ts';
import type { Advert } from '../../src/model/advert.ts';
import type { Authentication, InstanceConfig } from '../../src/model/config.ts';
import type { DropReason } from '../../src/model/drop-reason.ts';
import { emitGratuitousArp, gratuitousArpLength, type ArpPacket } from '../../src/wire/arp.ts';
import { parsePacket } from '../../src/wire/vrrp-packet.ts';
import { decodeFrame, encodeFrame } from './frame.ts';

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

const plain: Advert = {
  version: 2,
  virtualRouterId: 51,
  priority: 150,
  advertisementIntervalSeconds: 1,
  authentication: { type: 0, data: '0000000000000000' },
  addresses: [first, second],
};

const adverts = new Map<string, Advert>([
  ['v2-none', plain],
  ['v2-pass', { ...plain, authentication: { type: 1, data: '7333637233740000' } }],
  ['v2-prio0', { ...plain, priority: 0 }],
  ['v2-vmac', { ...plain, virtualRouterId: 61, addresses: [first] }],
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
  ['bad-noauthdata-v2', { reason: 'packet-length', virtualRouterId: 51 }],
]);

const none: Authentication = { type: 'none' };
const simple: Authentication = { type: 'simple', password: 's3cr3t' };

/** Decoded, and dropped by a receiver that is configured so. */
const unacceptable = new Map<string, { authentication: Authentication; reason: DropReason }>([
  ['bad-ttl254-v2', { authentication: none, reason: 'ip-ttl' }],
  ['bad-advint-v2', { authentication: none, reason: 'advertisement-interval' }],
  ['bad-authtype', { authentication: none, reason: 'authentication-type-unknown' }],
  ['bad-password', { authentication: simple, reason: 'authentication-failure' }],
]);

/** These wait for a codec of version 3, AH, neighbour discovery or BFD. The list only shrinks. */
const notCovered = [
  'v2-ah',
  'v3-ipv4-pseudo',
  'v3-ipv4-rfc9568',
  'v3-ipv4-unicast',
  'v3-ipv4-unicast-oldcsum',
  'v3-ipv4-maxint',
  'v3-ipv4-reserved',
  'v3-ipv4-prio0',
  'v3-ipv6',
  'v3-ipv6-prio0',
  'v3-ipv6-vmac',
  'una-R-O',
  'una-O-only',
  'bfd-down',
  'bfd-init',
  'bfd-up',
  'bfd-up-ipv6',
  'bfd-admindown',
  'bad-hlim254-v6',
  'bad-csum-v3',
  'bad-csum-v6',
  'bad-count0-v3',
  'bad-advint0-v3',
];

/** A receiver of the group's adverts for virtual router 51, an interval of 1 s and both addresses. */
function receiver(authentication: Authentication): InstanceConfig {
  const eth0 = 'eth0' as InterfaceName;
  return {
    name: 'VI_1',
    initialState: 'BACKUP',
    interface: eth0,
    virtualRouterId: 51,
    priority: 100,
    advertisementInterval: seconds(1),
    preempt: true,
    sourceAddress: null,
    authentication,
    virtualAddresses: [first, second].map((address) => ({
      address,
      prefixLength: 32,
      interface: eth0,
      label: null,
      scope: 0,
      broadcast: null,
    })),
    trackScripts: [],
    trackServices: [],
    announcement: {
      delay: milliseconds(5_000),
      repeat: 5,
      refresh: zero,
      refreshRepeat: 1,
      lowerPriorityDelay: milliseconds(5_000),
      lowerPriorityRepeat: 5,
    },
    notify: { any: null, master: null, backup: null, fault: null, stop: null },
    smtpAlert: false,
  };
}

function octetsOf(name: string): Uint8Array {
  const vector = vectors.find((one) => one.name === name);
  assert(vector !== undefined, `there is no vector ${name}`);
  return Uint8Array.from(Buffer.from(vector.hex, 'hex'));
}

function judge(name: string, authentication: Authentication): DropReason | null {
  const parsed = parsePacket(octetsOf(name).subarray(ethernetHeaderLength));
  assert(parsed.ok, `the vector ${name} can't be decoded`);
  const received = {
    type: 'advert-received' as const,
    interface: 'eth0' as InterfaceName,
    ...parsed.value,
  };
  return judgeAdvert(received, receiver(authentication), '192.0.2.2' as Ipv4Address);
}

describe('the list of vectors', () => {
  it('is covered whole, but for 23 that wait for their codec', () => {
    const covered = [adverts, gratuitousArps, unreadable, unacceptable].flatMap((group) => [
      ...group.keys(),
    ]);
    expect(covered).toHaveLength(19);
    expect(notCovered).toHaveLength(23);
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
    expect(frame).toMatchObject({
      type: 'vrrp',
      parsed: {
        ok: true,
        value: { source: sender, destination: vrrpGroupIpv4, timeToLive: 255, advert },
      },
    });
    expect(encodeFrame(frame)).toEqual(octetsOf(name));
  });
});

it.each([
  ['v2-none', none],
  ['v2-pass', simple],
  ['v2-prio0', none],
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
  expect(parsePacket(octetsOf(name).subarray(ethernetHeaderLength))).toEqual({
    ok: false,
    error: { source: sender, ...expected },
  });
});

it.each([...unacceptable])('the advert %s is dropped by the receiver', (name, expected) => {
  expect(judge(name, expected.authentication)).toBe(expected.reason);
});
