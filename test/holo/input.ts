/** holo's recorded inputs as events of the core. */
import { assert } from '../../src/base/assert.ts';
import {
  parseIp,
  vrrpGroupIpv4,
  vrrpGroupIpv6,
  type AddressFamily,
  type InterfaceName,
  type IpAddress,
  type MacAddress,
} from '../../src/model/address.ts';
import type { Advert } from '../../src/model/advert.ts';
import type { CoreEvent, LinkChanged } from '../../src/model/core-event.ts';
import { macvlanName } from './configuration.ts';
import type { JsonObject } from './recording.ts';

type HoloVersion = 'V2' | { V3: 'Ipv4' | 'Ipv6' };

interface HoloAdvert {
  version: HoloVersion;
  hdr_type: number;
  vrid: number;
  priority: number;
  count_ip: number;
  adver_int: number;
  ip_addresses: string[];
}

interface HoloAddress {
  ifname: string;
  addr: string;
}

/** One of holo's messages; each has one key, which is its kind. */
export interface HoloInput {
  Ibus?: {
    InterfaceUpd?: { ifname: string; ifindex: number; flags: string; mac_address: number[] };
    InterfaceAddressAdd?: HoloAddress;
    InterfaceAddressDel?: HoloAddress;
  };
  Protocol?: {
    MasterDownTimer?: { vrid: number };
    VrrpNetRxPacket?: {
      src: string;
      packet: { Ok?: HoloAdvert; Err?: { VersionError?: { vrid: number } } };
    };
  };
}

export type Translated =
  | { readonly type: 'event'; readonly event: CoreEvent }
  | { readonly type: 'link'; readonly event: LinkChanged; readonly index: number }
  /** Time passes until the core itself takes over. */
  | { readonly type: 'master-down' };

export function translateInput(message: JsonObject): Translated {
  const { Ibus: ibus, Protocol: protocol } = message as unknown as HoloInput;
  if (ibus?.InterfaceUpd !== undefined) return linkEvent(ibus.InterfaceUpd);
  if (ibus?.InterfaceAddressAdd !== undefined) {
    const common = addressPart(ibus.InterfaceAddressAdd);
    const flags = { secondary: false, tentative: false, own: false, renewedAt: null };
    return { type: 'event', event: { type: 'address-appeared', ...common, ...flags } };
  }
  if (ibus?.InterfaceAddressDel !== undefined) {
    const event = { type: 'address-vanished', ...addressPart(ibus.InterfaceAddressDel) } as const;
    return { type: 'event', event };
  }
  if (protocol?.MasterDownTimer !== undefined) return { type: 'master-down' };
  const received = protocol?.VrrpNetRxPacket;
  assert(received !== undefined, `what is ${JSON.stringify(message)}?`);
  return { type: 'event', event: packetEvent(received) };
}

function linkEvent(link: NonNullable<NonNullable<HoloInput['Ibus']>['InterfaceUpd']>): Translated {
  const { ifname, ifindex, flags, mac_address: octets } = link;
  const mac = octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
  return {
    type: 'link',
    index: ifindex,
    event: {
      type: 'link-changed',
      interface: ifname as InterfaceName,
      present: true,
      up: flags.split(' | ').includes('OPERATIVE'),
      // holo does not ask whether an interface can carry multicast.
      multicast: true,
      macAddress: mac as MacAddress,
    },
  };
}

function addressPart({ ifname, addr }: HoloAddress) {
  const [text = '', length = ''] = addr.split('/');
  return {
    interface: ifname as InterfaceName,
    address: parsed(text),
    prefixLength: Number(length),
  };
}

/** What holo hands in is decoded already; TTL and checksum were judged before. */
function packetEvent(
  received: NonNullable<NonNullable<HoloInput['Protocol']>['VrrpNetRxPacket']>,
): CoreEvent {
  const source = parsed(received.src);
  const { Ok: packet, Err: error } = received.packet;
  if (packet === undefined) {
    const refused = error?.VersionError;
    assert(refused !== undefined, `what is ${JSON.stringify(error)}?`);
    return {
      type: 'packet-dropped',
      channel: channel('IPv4', refused.vrid),
      source,
      virtualRouterId: refused.vrid,
      reason: 'version',
    };
  }
  const family = packet.version === 'V2' || packet.version.V3 === 'Ipv4' ? 'IPv4' : 'IPv6';
  assert(packet.hdr_type === 1, 'holo hands in what is no advertisement');
  assert(packet.count_ip === packet.ip_addresses.length, 'holo miscounts addresses');
  return {
    type: 'advert-received',
    channel: channel(family, packet.vrid),
    source,
    destination: family === 'IPv4' ? vrrpGroupIpv4 : vrrpGroupIpv6,
    timeToLive: 255,
    advert: advertOf(packet, family),
    authenticationHeader: null,
    hmac: null,
  };
}

function advertOf(packet: HoloAdvert, family: AddressFamily): Advert {
  const addresses = packet.ip_addresses.map(parsed);
  const common = { virtualRouterId: packet.vrid, priority: packet.priority };
  if (packet.version === 'V2') {
    return {
      ...common,
      version: 2,
      advertisementIntervalSeconds: packet.adver_int,
      authentication: { type: 0, data: '0000000000000000' },
      addresses: addresses as Extract<Advert, { version: 2 }>['addresses'],
    };
  }
  return {
    ...common,
    version: 3,
    advertisementIntervalCentiseconds: packet.adver_int,
    checksum: family === 'IPv4' ? 'message' : 'pseudo-header',
    addresses,
  };
}

function channel(family: AddressFamily, virtualRouterId: number) {
  return { interface: macvlanName(family, virtualRouterId), family, protocol: 'vrrp' } as const;
}

function parsed(text: string): IpAddress {
  const address = parseIp(text);
  assert(address !== null, `${text} is no address`);
  return address;
}
