/**
 * What keepalived 2.2.7 and FRR 8.4.4 really sent, decoded and encoded again. Beside each
 * capture lies what was read from it, a line a frame; `vitest -u` writes it anew.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from './frame.ts';
import { readPcap, type CapturedFrame } from './pcap.ts';

/**
 * What tshark counts in each. The others include adverts that an ICMP error quotes, and
 * neighbour advertisements without a link-layer address.
 */
const captures = [
  {
    name: 'advint-mismatch-v2',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 8,
  },
  { name: 'frr-v2', adverts: 13, resignations: 2, gratuitousArps: 6, neighbours: 0, others: 12 },
  { name: 'frr-v3', adverts: 55, resignations: 4, gratuitousArps: 6, neighbours: 6, others: 34 },
  {
    name: 'garp-timers-v2',
    adverts: 12,
    resignations: 1,
    gratuitousArps: 7,
    neighbours: 0,
    others: 4,
  },
  { name: 'learn-v3', adverts: 20, resignations: 1, gratuitousArps: 15, neighbours: 0, others: 8 },
  {
    name: 'na-router-flag',
    adverts: 4,
    resignations: 1,
    gratuitousArps: 0,
    neighbours: 10,
    others: 7,
  },
  {
    name: 'nopreempt-v3',
    adverts: 14,
    resignations: 2,
    gratuitousArps: 15,
    neighbours: 0,
    others: 8,
  },
  {
    name: 'owner-v3-ipv4',
    adverts: 18,
    resignations: 2,
    gratuitousArps: 25,
    neighbours: 0,
    others: 12,
  },
  {
    name: 'preemptdelay-v2',
    adverts: 16,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 8,
  },
  {
    name: 'split-v3-partition',
    adverts: 19,
    resignations: 2,
    gratuitousArps: 30,
    neighbours: 0,
    others: 6,
  },
  {
    name: 'tie-v2-partition',
    adverts: 16,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 6,
  },
  {
    name: 'unicast-v2-failover',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 10,
  },
  {
    name: 'unicast-v3-ipv4-failover',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 10,
  },
  {
    name: 'unicast-v3-ipv4-oldcsum',
    adverts: 11,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 10,
  },
  {
    name: 'unicast-v3-ipv6-failover',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 0,
    neighbours: 11,
    others: 19,
  },
  {
    name: 'v2-ah-failover',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 8,
  },
  {
    name: 'v2-noauth-failover',
    adverts: 18,
    resignations: 2,
    gratuitousArps: 40,
    neighbours: 0,
    others: 8,
  },
  {
    name: 'v2-pass-failover',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 20,
    neighbours: 0,
    others: 8,
  },
  {
    name: 'v3-ipv4-failover',
    adverts: 23,
    resignations: 2,
    gratuitousArps: 30,
    neighbours: 0,
    others: 8,
  },
  {
    name: 'v3-ipv6-failover',
    adverts: 12,
    resignations: 2,
    gratuitousArps: 0,
    neighbours: 20,
    others: 12,
  },
  {
    name: 'vmac-v2-failover',
    adverts: 11,
    resignations: 2,
    gratuitousArps: 10,
    neighbours: 0,
    others: 25,
  },
  {
    name: 'vmac-v3-ipv4-failover',
    adverts: 11,
    resignations: 2,
    gratuitousArps: 10,
    neighbours: 0,
    others: 25,
  },
  {
    name: 'vmac-v3-ipv6-failover',
    adverts: 13,
    resignations: 2,
    gratuitousArps: 0,
    neighbours: 33,
    others: 29,
  },
];

function capture(name: string): readonly CapturedFrame[] {
  return readPcap(readFileSync(new URL(`captures/${name}.pcap`, import.meta.url)));
}

function isResignation(frame: Frame): boolean {
  return frame.type === 'vrrp' && frame.parsed.ok && frame.parsed.value.advert.priority === 0;
}

/** One frame as a person reads it. The authentication data is left out: it is a secret. */
function describeFrame(frame: Frame): string {
  if (frame.type === 'other') return 'other';
  if (frame.type === 'gratuitous-arp') {
    const { arp } = frame;
    const operation = String(arp.operation);
    return `arp ${operation}: ${arp.senderProtocol} is at ${arp.senderHardware}`;
  }
  if (frame.type === 'neighbour-advertisement') {
    const { target, hardware, router, solicited, override } = frame.neighbour;
    const flags = `${router ? 'R' : ''}${solicited ? 'S' : ''}${override ? 'O' : ''}`;
    return `neighbour ${flags}: ${target} is at ${hardware}`;
  }
  if (!frame.parsed.ok) return `dropped: ${frame.parsed.error.reason}`;
  const { source, destination, timeToLive, advert, authenticationHeader } = frame.parsed.value;
  return [
    `advert ${source} > ${destination}`,
    `ttl ${String(timeToLive)}`,
    `vrid ${String(advert.virtualRouterId)}`,
    `priority ${String(advert.priority)}`,
    ...(advert.version === 2
      ? [
          `interval ${String(advert.advertisementIntervalSeconds)}`,
          `authentication ${String(advert.authentication.type)}`,
        ]
      : [
          `interval ${String(advert.advertisementIntervalCentiseconds)} cs`,
          `checksum over ${advert.checksum}`,
        ]),
    ...(authenticationHeader === null
      ? []
      : [
          `sequence number ${String(authenticationHeader.sequenceNumber)}`,
          authenticationHeader.intact ? 'intact' : 'forged',
        ]),
    advert.addresses.join(' '),
  ].join(', ');
}

describe.each(captures)('the capture $name', ({ name, ...expected }) => {
  const frames = capture(name).map(({ timeS, octets }) => ({
    timeS,
    octets,
    frame: decodeFrame(octets),
  }));

  it('holds as many frames of each kind as were counted by tshark', () => {
    const count = (type: Frame['type']) => frames.filter(({ frame }) => frame.type === type).length;
    expect({
      adverts: count('vrrp'),
      resignations: frames.filter(({ frame }) => isResignation(frame)).length,
      gratuitousArps: count('gratuitous-arp'),
      neighbours: count('neighbour-advertisement'),
      others: count('other'),
    }).toEqual(expected);
  });

  it('comes back byte for byte, but for the frames of other protocols', () => {
    const encoded = frames.flatMap(({ octets, frame }) => {
      const again = encodeFrame(frame);
      return again === null ? [] : [{ octets: new Uint8Array(octets), again }];
    });
    expect(encoded).toHaveLength(expected.adverts + expected.gratuitousArps + expected.neighbours);
    for (const { octets, again } of encoded) expect(again).toEqual(octets);
  });

  it('reads as it did when it was last looked through', async () => {
    const lines = frames.map(
      ({ timeS, frame }) => `${timeS.toFixed(6).padStart(10)} ${describeFrame(frame)}\n`,
    );
    await expect(lines.join('')).toMatchFileSnapshot(`captures/${name}.txt`);
  });
});
