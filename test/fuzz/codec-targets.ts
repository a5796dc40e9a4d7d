/** The codecs beside the adverts': ARP, neighbour advertisements, headers, netlink. */
import { arpLength, emitArp, parseArp } from '../../src/wire/arp.ts';
import { parseEthernetHeader } from '../../src/wire/ethernet.ts';
import { parseIpv4Header } from '../../src/wire/ipv4.ts';
import { emitIpv6Header, ipv6HeaderLength, parseIpv6Header } from '../../src/wire/ipv6.ts';
import {
  emitNeighbourAdvertisement,
  neighbourAdvertisementLength,
  parseNeighbourAdvertisement,
} from '../../src/wire/neighbour-advertisement.ts';
import { emitListen, parseProcessEvent } from '../../src/wire/process-connector.ts';
import { parseRtnetlink } from '../../src/wire/rtnetlink.ts';
import { parseLinkProperties } from '../../src/wire/rtnetlink-link.ts';
import { parseRouting, vrfTableIn } from '../../src/wire/rtnetlink-routing.ts';
import type { FuzzTarget } from './campaign.ts';
import { capturedPayloads, netlinkMessages, octetsOf } from './corpus.ts';
import { promise, promiseSame, surrounded } from './promise.ts';

export const linkTarget: FuzzTarget = {
  name: 'link',
  corpus: capturedPayloads(),
  words: [],
  limitOctets: 256,
  limitMs: 100,
  run(octets) {
    const outcomes = [arpOutcome(octets), neighbourOutcome(octets), ipv6Outcome(octets)];
    const header = parseIpv4Header(octets);
    promiseSame(header, parseIpv4Header(surrounded(octets)), 'nothing beyond IPv4 matters');
    const ethernet = parseEthernetHeader(octets);
    promise((ethernet === null) === octets.length < 14, 'a frame has a header if it has room');
    outcomes.push(header.ok ? `IPv4 ${String(header.value.headerLength)}` : header.error);
    return outcomes.join(' ');
  },
};

function arpOutcome(octets: Uint8Array): string {
  const arp = parseArp(octets);
  if (arp === null) return '-';
  const buffer = new Uint8Array(arpLength).fill(0xa5);
  emitArp(buffer, 0, arp);
  promiseSame([...buffer], [...octets.subarray(0, arpLength)], 'ARP is emitted as it came');
  return `arp ${String(Math.min(arp.operation, 3))}`;
}

function neighbourOutcome(octets: Uint8Array): string {
  const neighbour = parseNeighbourAdvertisement(octets);
  promiseSame(neighbour, parseNeighbourAdvertisement(surrounded(octets)), 'nothing beyond matters');
  if (neighbour === null) return '-';
  const buffer = new Uint8Array(neighbourAdvertisementLength).fill(0xa5);
  emitNeighbourAdvertisement(buffer, 0, neighbour);
  promiseSame(
    parseNeighbourAdvertisement(buffer),
    neighbour,
    'a neighbour is read again as it was',
  );
  const { router, solicited, override } = neighbour;
  return `neighbour ${[router, solicited, override].join(' ')}`;
}

function ipv6Outcome(octets: Uint8Array): string {
  const header = parseIpv6Header(octets);
  promiseSame(header, parseIpv6Header(surrounded(octets)), 'nothing beyond IPv6 matters');
  if (!header.ok) return '-';
  const buffer = new Uint8Array(ipv6HeaderLength).fill(0xa5);
  emitIpv6Header(buffer, 0, header.value);
  promiseSame(
    [...buffer],
    [...octets.subarray(0, ipv6HeaderLength)],
    'a header of IPv6 is emitted as it came',
  );
  return 'IPv6';
}

/** A notice of the process connector: a fork. */
const processEvent = octetsOf(
  '4c00000003000000000000000000000001000000010000000000000000000000' +
    '3800000001000000000000000000000000000000' +
    '070000000700000009000000090000000000000000000000',
);

export const netlinkTarget: FuzzTarget = {
  name: 'netlink',
  corpus: [...netlinkMessages(), processEvent, emitListen()],
  words: [],
  limitOctets: 1_024,
  limitMs: 100,
  run(octets) {
    const read = readNetlink(octets);
    promiseSame(read, readNetlink(surrounded(octets)), 'nothing beyond the datagram matters');
    const { messages, routing, link, process: event } = read;
    const kinds = [...messages, ...routing].map(({ type }) => type);
    return `${kinds.slice(0, 8).join(' ')} ${keysOf(link)} ${event?.type ?? '-'}`;
  },
};

function readNetlink(octets: Uint8Array): {
  readonly messages: ReturnType<typeof parseRtnetlink>;
  readonly routing: ReturnType<typeof parseRouting>;
  readonly link: ReturnType<typeof parseLinkProperties>;
  readonly table: number | null;
  readonly process: ReturnType<typeof parseProcessEvent>;
} {
  return {
    messages: parseRtnetlink(octets),
    routing: parseRouting(octets),
    link: parseLinkProperties(octets),
    table: vrfTableIn(octets),
    process: parseProcessEvent(octets),
  };
}

function keysOf(value: object | null): string {
  if (value === null) return '-';
  const set = Object.entries(value).filter(([, each]) => each !== null && each !== false);
  return set.map(([key]) => key).join(',');
}
