/**
 * Frames by their octets, made and taken apart without the product's own codecs,
 * so that a mistake there can't hide itself. Offsets are those of RFC 791, 8200,
 * 826, 4861, 3768 section 5 and 9568 section 5.
 */
import { createHmac } from 'node:crypto';

export interface Station {
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly linkLocal: string;
}

/** Who is at the bridge; `x` is nobody: frames that H makes come from there. */
export const addresses = {
  d: station('0a', 1),
  p: station('0b', 2),
  h: station('64', 100),
  x: station('50', 50),
} as const;

function station(lastOctet: string, number: number): Station {
  return {
    mac: `02:00:00:00:00:${lastOctet}`,
    ipv4: `192.0.2.${number}`,
    ipv6: `2001:db8:0:1::${number}`,
    linkLocal: `fe80::ff:fe00:${lastOctet.replace(/^0/, '')}`,
  };
}

export const group = {
  ipv4: { address: '224.0.0.18', mac: '01:00:5e:00:00:12' },
  ipv6: { address: 'ff02::12', mac: '33:33:00:00:00:12' },
} as const;

/** The addresses of the default virtual router. */
export const virtual = {
  ipv4: ['192.0.2.10', '192.0.2.11'],
  ipv6: ['fe80::10', '2001:db8:0:1::10'],
} as const;

export interface Frame {
  /** The kernel's time, milliseconds since 1970. */
  readonly atMs: number;
  readonly octets: Uint8Array;
  readonly sourceMac: string;
  readonly destinationMac: string;
  readonly ip: {
    readonly version: 4 | 6;
    readonly source: string;
    readonly destination: string;
    readonly timeToLive: number;
    readonly protocol: number;
    /** IPv4's header checksum is right; always so in IPv6, which has none. */
    readonly intact: boolean;
    readonly payload: Uint8Array;
  } | null;
  readonly authenticationHeader: { readonly spi: string; readonly sequence: number } | null;
  readonly vrrp: {
    readonly version: number;
    readonly type: number;
    readonly virtualRouterId: number;
    readonly priority: number;
    readonly count: number;
    /** Seconds in version 2, centiseconds in version 3. */
    readonly interval: number;
    readonly addresses: readonly string[];
    /** The message as hexadecimal digits. */
    readonly hex: string;
  } | null;
  readonly arp: {
    readonly operation: number;
    readonly senderMac: string;
    readonly senderAddress: string;
    readonly targetMac: string;
    readonly targetAddress: string;
  } | null;
  readonly neighbour: {
    readonly type: 'solicitation' | 'advertisement';
    /** R 0x80, S 0x40, O 0x20 */
    readonly flags: number;
    readonly target: string;
    /** Of the link-layer address option; null: there is none. */
    readonly mac: string | null;
  } | null;
  /** ICMP or ICMPv6 type; null for what is neither. */
  readonly icmpType: number | null;
}

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const macText = (octets: Uint8Array): string => hex(octets).replace(/(..)(?!$)/g, '$1:');
const ipv4Text = (octets: Uint8Array): string => [...octets].join('.');

function ipv6Text(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((octets[2 * index] ?? 0) << 8) | (octets[2 * index + 1] ?? 0)).toString(16),
  );
  // RFC 5952: the first of the longest runs of zero groups is left out.
  const runs = [...groups.join(':').matchAll(/\b0(?::0\b)+/g)].map(([run]) => run);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  const text = groups.join(':');
  if (longest === '') return text;
  const at = text.search(new RegExp(`(^|:)${longest}(:|$)`));
  const head = text.slice(0, at);
  const tail = text.slice(at).replace(/^:/, '').slice(longest.length).replace(/^:/, '');
  return `${head}::${tail}`;
}

export function dissect(atMs: number, octets: Uint8Array): Frame {
  const view = Buffer.from(octets);
  const etherType = view.length >= 14 ? view.readUInt16BE(12) : 0;
  const ip = etherType === 0x0800 ? ipv4Of(view) : etherType === 0x86dd ? ipv6Of(view) : null;
  const behind = ip?.protocol === 51 ? Buffer.from(ip.payload.subarray(24)) : null;
  const message = ip?.protocol === 112 ? Buffer.from(ip.payload) : behind;
  return {
    atMs,
    octets,
    sourceMac: macText(octets.subarray(6, 12)),
    destinationMac: macText(octets.subarray(0, 6)),
    ip,
    authenticationHeader:
      ip?.protocol === 51
        ? {
            spi: ipv4Text(ip.payload.subarray(4, 8)),
            sequence: Buffer.from(ip.payload).readUInt32BE(8),
          }
        : null,
    vrrp: ip === null || message === null ? null : vrrpOf(message, ip.version),
    arp: etherType === 0x0806 ? arpOf(view.subarray(14)) : null,
    neighbour: ip?.protocol === 58 ? neighbourOf(Buffer.from(ip.payload)) : null,
    icmpType: ip?.protocol === 1 || ip?.protocol === 58 ? (ip.payload[0] ?? null) : null,
  };
}

function ipv4Of(frame: Buffer): Frame['ip'] {
  const headerLength = (frame.readUInt8(14) & 15) * 4;
  const end = 14 + frame.readUInt16BE(16);
  return {
    version: 4,
    source: ipv4Text(frame.subarray(26, 30)),
    destination: ipv4Text(frame.subarray(30, 34)),
    timeToLive: frame.readUInt8(22),
    protocol: frame.readUInt8(23),
    intact: sum(frame.subarray(14, 14 + headerLength)) === 0xffff,
    payload: frame.subarray(14 + headerLength, end),
  };
}

function ipv6Of(frame: Buffer): Frame['ip'] {
  let protocol = frame.readUInt8(20);
  let start = 54;
  // MLD has a hop-by-hop option in front (RFC 3810).
  if (protocol === 0) {
    protocol = frame.readUInt8(54);
    start += 8 + frame.readUInt8(55) * 8;
  }
  return {
    version: 6,
    source: ipv6Text(frame.subarray(22, 38)),
    destination: ipv6Text(frame.subarray(38, 54)),
    timeToLive: frame.readUInt8(21),
    protocol,
    intact: true,
    payload: frame.subarray(start, 54 + frame.readUInt16BE(18)),
  };
}

function vrrpOf(message: Buffer, ipVersion: 4 | 6): Frame['vrrp'] {
  if (message.length < 8) return null;
  const version = message.readUInt8(0) >> 4;
  const count = message.readUInt8(3);
  const length = ipVersion === 4 ? 4 : 16;
  const text = ipVersion === 4 ? ipv4Text : ipv6Text;
  return {
    version,
    type: message.readUInt8(0) & 15,
    virtualRouterId: message.readUInt8(1),
    priority: message.readUInt8(2),
    count,
    interval: version === 2 ? message.readUInt8(5) : message.readUInt16BE(4) & 0xfff,
    addresses: Array.from({ length: count }, (_, index) =>
      text(message.subarray(8 + index * length, 8 + (index + 1) * length)),
    ),
    hex: hex(message),
  };
}

function arpOf(packet: Buffer): Frame['arp'] {
  return {
    operation: packet.readUInt16BE(6),
    senderMac: macText(packet.subarray(8, 14)),
    senderAddress: ipv4Text(packet.subarray(14, 18)),
    targetMac: macText(packet.subarray(18, 24)),
    targetAddress: ipv4Text(packet.subarray(24, 28)),
  };
}

function neighbourOf(message: Buffer): Frame['neighbour'] {
  const type = ({ 135: 'solicitation', 136: 'advertisement' } as const)[message.readUInt8(0)];
  if (type === undefined) return null;
  return {
    type,
    flags: message.readUInt8(4),
    target: ipv6Text(message.subarray(8, 24)),
    mac: message.length >= 32 ? macText(message.subarray(26, 32)) : null,
  };
}

/** What an advert to send says; the rest is that of the default virtual router. */
export interface Vrrp {
  readonly version?: number;
  readonly type?: number;
  readonly virtualRouterId?: number;
  readonly priority?: number;
  /** Seconds in version 2, centiseconds in version 3. */
  readonly interval?: number;
  readonly count?: number;
  readonly addresses?: readonly string[];
  /** Version 2. */
  readonly authenticationType?: number;
  readonly authenticationData?: Uint8Array;
  /** Version 3: the 4 bits in front of the interval. */
  readonly reserved?: number;
  /** Is added to the right checksum by exclusive or. */
  readonly spoil?: number;
  /** Version 3 over IPv4; "group" has the multicast group for the destination. */
  readonly checksum?: 'pseudo-header' | 'message' | 'group';
  /** What follows the message, within the IP packet. */
  readonly trailer?: Uint8Array;
  /** Version 2: leaves the 8 octets of authentication data out. */
  readonly withoutAuthenticationData?: boolean;
}

export interface Journey {
  readonly source?: string;
  readonly destination?: string;
  readonly sourceMac?: string;
  readonly destinationMac?: string;
  readonly timeToLive?: number;
}

const empty = new Uint8Array(0);

/** A whole frame with an advert, from `x` to the group unless the journey says otherwise. */
export function advertFrame(advert: Vrrp = {}, journey: Journey = {}): Uint8Array {
  const ipv6 = familyOf(advert, journey) === 6;
  const source = journey.source ?? (ipv6 ? addresses.x.linkLocal : addresses.x.ipv4);
  const destination = journey.destination ?? (ipv6 ? group.ipv6.address : group.ipv4.address);
  const message = vrrpMessage(advert, source, destination);
  return ipFrame(112, message, { ...journey, source, destination });
}

/** The same behind an Authentication Header as keepalived makes it (conformance: RFC 2402). */
export function authenticatedFrame(
  advert: Vrrp,
  header: { readonly key: string; readonly sequence: number; readonly spoil?: boolean },
  journey: Journey = {},
): Uint8Array {
  const source = journey.source ?? addresses.x.ipv4;
  const destination = journey.destination ?? group.ipv4.address;
  const message = vrrpMessage({ authenticationType: 2, ...advert }, source, destination);
  const ah = Buffer.alloc(24);
  ah.writeUInt8(112, 0);
  ah.writeUInt8(4, 1);
  ah.set(ipOctets(source), 4);
  ah.writeUInt32BE(header.sequence, 8);
  const frame = ipFrame(51, Buffer.concat([ah, message]), { ...journey, source, destination });
  const covered = Buffer.from(frame.subarray(14));
  covered[1] = 0; // TOS
  covered.fill(0, 6, 8); // flags and fragment offset
  covered.fill(0, 10, 12); // header checksum
  const key = Buffer.alloc(8);
  key.write(header.key);
  const icv = createHmac('md5', key).update(covered).digest().subarray(0, 12);
  if (header.spoil === true) icv[0] = (icv[0] ?? 0) ^ 1;
  frame.set(icv, 14 + 20 + 12);
  return frame;
}

function familyOf({ addresses: list = [] }: Vrrp, { source, destination }: Journey): 4 | 6 {
  return [...list, source ?? '', destination ?? ''].some((text) => text.includes(':')) ? 6 : 4;
}

function vrrpMessage(advert: Vrrp, source: string, destination: string): Buffer {
  const ipv6 = source.includes(':');
  const version = advert.version ?? (ipv6 ? 3 : 2);
  const list = advert.addresses ?? (ipv6 ? virtual.ipv6 : virtual.ipv4);
  const head = Buffer.alloc(8);
  head.writeUInt8((version << 4) | (advert.type ?? 1), 0);
  head.writeUInt8(advert.virtualRouterId ?? 51, 1);
  head.writeUInt8(advert.priority ?? 200, 2);
  head.writeUInt8(advert.count ?? list.length, 3);
  if (version === 3) {
    head.writeUInt16BE(((advert.reserved ?? 0) << 12) | (advert.interval ?? 100), 4);
  } else {
    head.writeUInt8(advert.authenticationType ?? 0, 4);
    head.writeUInt8(advert.interval ?? 1, 5);
  }
  const authentication =
    version === 3 || advert.withoutAuthenticationData === true
      ? empty
      : (advert.authenticationData ?? new Uint8Array(8));
  const message = Buffer.concat([
    head,
    ...list.map(ipOctets),
    authentication,
    advert.trailer ?? empty,
  ]);
  const pseudo = version === 3 ? pseudoHeader(advert, source, destination, message.length) : empty;
  const checksum = 0xffff ^ sum(Buffer.concat([pseudo, message]));
  message.writeUInt16BE(checksum ^ (advert.spoil ?? 0), 6);
  return message;
}

function pseudoHeader(
  { checksum = 'pseudo-header' }: Vrrp,
  source: string,
  destination: string,
  length: number,
): Uint8Array {
  if (checksum === 'message') return empty;
  const far = checksum === 'group' ? group.ipv4.address : destination;
  const ends = [ipOctets(source), ipOctets(far)];
  if (!source.includes(':')) {
    return Buffer.concat([...ends, Buffer.from([0, 112, length >> 8, length & 255])]);
  }
  return Buffer.concat([...ends, Buffer.from([0, 0, length >> 8, length & 255, 0, 0, 0, 112])]);
}

/** An Ethernet frame with an IP packet of this protocol. */
export function ipFrame(
  protocol: number,
  payload: Uint8Array,
  journey: Journey & { readonly source: string; readonly destination: string },
): Uint8Array {
  const { source, destination, timeToLive = 255 } = journey;
  const ipv6 = source.includes(':');
  const ethernet = Buffer.concat([
    macOctets(journey.destinationMac ?? (ipv6 ? group.ipv6.mac : group.ipv4.mac)),
    macOctets(journey.sourceMac ?? addresses.x.mac),
    Buffer.from(ipv6 ? [0x86, 0xdd] : [0x08, 0x00]),
  ]);
  if (ipv6) {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(0x6c000000, 0);
    header.writeUInt16BE(payload.length, 4);
    header.writeUInt8(protocol, 6);
    header.writeUInt8(timeToLive, 7);
    return Buffer.concat([ethernet, header, ipOctets(source), ipOctets(destination), payload]);
  }
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt8(0xc0, 1);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt8(timeToLive, 8);
  header.writeUInt8(protocol, 9);
  header.set(ipOctets(source), 12);
  header.set(ipOctets(destination), 16);
  header.writeUInt16BE(0xffff ^ sum(header), 10);
  return Buffer.concat([ethernet, header, payload]);
}

/** Who has `target`? Asked by H's host part, or whoever the journey names. */
export function arpRequest(target: string, from: Station = addresses.x): Uint8Array {
  return Buffer.concat([
    macOctets('ff:ff:ff:ff:ff:ff'),
    macOctets(from.mac),
    Buffer.from([0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1]),
    macOctets(from.mac),
    ipOctets(from.ipv4),
    new Uint8Array(6),
    ipOctets(target),
  ]);
}

function ipOctets(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number));
  const [head = '', tail] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const first = groups(head);
  const last = groups(tail ?? '');
  const middle = Array<number>(8 - first.length - last.length).fill(0);
  return Uint8Array.from([...first, ...middle, ...last].flatMap((one) => [one >> 8, one & 255]));
}

function macOctets(text: string): Uint8Array {
  return Uint8Array.from(text.split(':').map((octet) => parseInt(octet, 16)));
}

/** The one's complement sum of 16-bit words (RFC 1071). */
function sum(octets: Uint8Array): number {
  let total = 0;
  for (let index = 0; index < octets.length; index += 2) {
    total += ((octets[index] ?? 0) << 8) | (octets[index + 1] ?? 0);
  }
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}
