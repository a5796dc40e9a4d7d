/** Where a route leads: gateways, next hops, tunnels. */
import type { AddressFamily, InterfaceName, IpAddress } from '../model/address.ts';
import { familyOf, isIpv4 } from '../model/address.ts';
import type { Encapsulation, NextHop } from '../model/route.ts';
import { numberIn, type EntryReader } from './entry-reader.ts';
import type { RoutingNames } from './routing-names.ts';
import type { Word } from './words.ts';

const octet = { maximum: 255 };
const sixteenBits = { maximum: 0xffff };

/** What `via` is followed by: an address, or its family and then an address. */
export function readGateway(reader: EntryReader, of: Word): IpAddress | null {
  const family = reader.accept('inet', 'inet6');
  if (family === null) return reader.address(of);
  return reader.address(of, family.text === 'inet' ? 'IPv4' : 'IPv6');
}

/** What stands behind `nexthop`, up to the first word that is none of it. */
export function readNextHop(reader: EntryReader, of: Word, names: RoutingNames): NextHop {
  let gateway: IpAddress | null = null;
  let name: InterfaceName | null = null;
  let weight = 1;
  let onLink = false;
  let realms: number | null = null;
  let encapsulation: Encapsulation | null = null;
  for (;;) {
    const word = reader.accept('via', 'dev', 'oif', 'weight', 'onlink', 'realms', 'encap');
    if (word === null) break;
    if (word.text === 'via') gateway = readGateway(reader, word);
    else if (word.text === 'weight') {
      weight = reader.number(word, { minimum: 1, maximum: 256 }) ?? weight;
    } else if (word.text === 'onlink') onLink = true;
    else if (word.text === 'realms') realms = reader.realms(word, names);
    else if (word.text === 'encap') encapsulation = readEncapsulation(reader, word, names);
    else name = reader.interface(word);
  }
  if (gateway === null && name === null && !reader.failed) {
    reader.refuse(of, 'a nexthop leads nowhere: it has neither via nor dev');
  }
  return { gateway, interface: name, weight, onLink, realms, encapsulation };
}

const encapsulations = ['ip', 'ip6', 'mpls', 'ila'] as const;

/** What stands behind `encap`, up to the first word that is none of it. */
export function readEncapsulation(
  reader: EntryReader,
  of: Word,
  names: RoutingNames,
): Encapsulation | null {
  switch (reader.choice(of, encapsulations)) {
    case 'ip':
      return readTunnel(reader, of, { family: 'IPv4', names });
    case 'ip6':
      return readTunnel(reader, of, { family: 'IPv6', names });
    case 'mpls':
      return readLabels(reader, of);
    case 'ila':
      return readLocator(reader, of);
    case null:
      return null;
  }
}

const tunnelWords = ['id', 'dst', 'src', 'tos', 'dsfield', 'ttl', 'hoplimit', 'flags'];

function readTunnel(
  reader: EntryReader,
  of: Word,
  { family, names }: { readonly family: AddressFamily; readonly names: RoutingNames },
): Encapsulation {
  let id: number | null = null;
  let destination: IpAddress | null = null;
  let source: IpAddress | null = null;
  let typeOfService: number | null = null;
  let timeToLive: number | null = null;
  let flags: number | null = null;
  for (;;) {
    const word = reader.accept(...tunnelWords);
    if (word === null) break;
    if (word.text === 'id') id = reader.number(word, { maximum: Number.MAX_SAFE_INTEGER });
    else if (word.text === 'dst') destination = reader.address(word, family);
    else if (word.text === 'src') source = reader.address(word, family);
    else if (word.text === 'flags') flags = reader.number(word, sixteenBits);
    else if (word.text === 'ttl' || word.text === 'hoplimit') {
      timeToLive = reader.number(word, octet);
    } else typeOfService = reader.named(word, { kind: 'typeOfService', names, maximum: 255 });
  }
  const says = [id, destination, source, typeOfService, timeToLive, flags];
  if (!reader.failed && says.every((value) => value === null)) {
    reader.refuse(of, `"encap ${family === 'IPv4' ? 'ip' : 'ip6'}" says nothing of the tunnel`);
  }
  return { type: 'ip', family, id, destination, source, typeOfService, timeToLive, flags };
}

/** RFC 3032: 20 bits a label. */
const labelLimit = 0xfffff;
/** As many labels as the kernel takes (MAX_NEW_LABELS). */
const labelsAtMost = 30;

function readLabels(reader: EntryReader, of: Word): Encapsulation | null {
  const word = reader.argument(of, 'LABEL[/LABEL ...]');
  if (word === null) return null;
  const labels = word.text.split('/').map((text) => numberIn(text) ?? Infinity);
  if (labels.length > labelsAtMost || !labels.every((label) => label <= labelLimit)) {
    reader.refuse(
      word,
      `"${word.text}" is no list of MPLS labels`,
      'write numbers with "/" between',
    );
    return null;
  }
  const ttl = reader.accept('ttl');
  return { type: 'mpls', labels, timeToLive: ttl === null ? null : reader.number(ttl, octet) };
}

function readLocator(reader: EntryReader, of: Word): Encapsulation | null {
  const word = reader.argument(of, 'LOCATOR');
  if (word === null) return null;
  const groups = word.text.split(':');
  if (groups.length !== 4 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    const hint = 'write four groups of hexadecimal digits: 2001:db8:0:1';
    reader.refuse(word, `"${word.text}" is no ILA locator`, hint);
    return null;
  }
  return { type: 'ila', locator: groups.map((group) => parseInt(group, 16)) };
}

/** Reports the gateways that a route of this family cannot have. */
export function checkGateway(
  reader: EntryReader,
  of: Word,
  options: { readonly gateway: IpAddress | null; readonly family: AddressFamily },
): void {
  const { gateway, family } = options;
  // An IPv4 route may lead over an IPv6 gateway (RFC 5549), not the other way around.
  if (gateway === null || family === 'IPv4' || familyOf(gateway) === family) return;
  const kind = isIpv4(gateway) ? 'IPv4' : 'IPv6';
  reader.refuse(of, `a route of ${family} cannot lead over ${gateway}, which is of ${kind}`);
}
