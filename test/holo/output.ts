/** What the core does, in the words in which holo records what it does itself. */
import { assert } from '../../src/base/assert.ts';
import {
  isIpv4,
  type AddressFamily,
  type IpAddress,
  type MacAddress,
} from '../../src/model/address.ts';
import type { VirtualAddress } from '../../src/model/config.ts';
import type { DropReason } from '../../src/model/drop-reason.ts';
import type { CreateInterface, SendAdvert } from '../../src/model/effect.ts';
import type { InstanceSnapshot, Snapshot, StateName } from '../../src/model/snapshot.ts';
import { emitGratuitousArp, gratuitousArpLength, parseArp } from '../../src/wire/arp.ts';
import { ethernetHeaderLength, parseEthernetHeader } from '../../src/wire/ethernet.ts';
import { packetLength } from '../../src/wire/vrrp-packet.ts';
import { yangFamilies } from './configuration.ts';
import type { Json } from './recording.ts';

/** An interface as holo's messages name it. */
export interface Place {
  readonly index: number;
  readonly macAddress: MacAddress;
  readonly virtualRouterId: number;
}

export function macvlanAdded({ virtual }: CreateInterface): Json {
  assert(virtual.kind.type === 'macvlan', 'holo makes macvlans only');
  const { base, name, kind } = virtual;
  const mac_addr = octetsOf(kind.macAddress);
  return { MacvlanAdd: { parent_ifname: base, ifname: name, mac_addr } };
}

export function addressMessage(
  kind: 'InterfaceIpAddRequest' | 'InterfaceIpDelRequest',
  { interface: ifname, address, prefixLength }: VirtualAddress,
): Json {
  return { [kind]: { ifname, addr: `${address}/${String(prefixLength)}` } };
}

/** At this layer no checksum is reckoned yet, in holo neither; it writes 0. */
export function advertSent({ source, advert, channel }: SendAdvert): Json {
  const { virtualRouterId, priority, addresses } = advert;
  const version = advert.version === 2 ? 'V2' : { V3: channel.family === 'IPv4' ? 'Ipv4' : 'Ipv6' };
  const vrrp = {
    version,
    hdr_type: 1,
    vrid: virtualRouterId,
    priority,
    count_ip: addresses.length,
    adver_int:
      advert.version === 2
        ? advert.advertisementIntervalSeconds
        : advert.advertisementIntervalCentiseconds,
    checksum: 0,
    ip_addresses: [...addresses],
  };
  const ip = { total_length: packetLength(advert), src_address: source };
  return { NetTxPacket: { Vrrp: { packet: { ip, vrrp } } } };
}

/** The ARP is read from the frame that our codec writes. */
export function announced(address: IpAddress, place: Place): Json {
  const { virtualRouterId: vrid, index: ifindex, macAddress: hardware } = place;
  if (!isIpv4(address)) {
    return { NetTxPacket: { NAdv: { vrid, ifindex, nadv_hdr: { target_address: address } } } };
  }
  const frame = new Uint8Array(gratuitousArpLength);
  emitGratuitousArp(frame, 0, { address, hardware });
  const header = parseEthernetHeader(frame);
  const packet = parseArp(frame.subarray(ethernetHeaderLength));
  assert(header !== null && packet !== null, 'our own ARP can not be read');
  const eth_hdr = {
    dst_mac: octetsOf(header.destination),
    src_mac: octetsOf(header.source),
    ethertype: header.etherType,
  };
  const arp_hdr = {
    sender_hw_address: octetsOf(packet.senderHardware),
    sender_proto_address: packet.senderProtocol,
    target_proto_address: packet.targetProtocol,
  };
  return { NetTxPacket: { Arp: { vrid, ifindex, eth_hdr, arp_hdr } } };
}

export function newMaster(instance: InstanceSnapshot): Json {
  return {
    'ietf-vrrp:vrrp-new-master-event': {
      'master-ip-address': instance.sourceAddress,
      'new-master-reason': reasonOf(instance),
    },
  };
}

/** RFC 8347 has a notification for errors of all routers, and one for those of one router. */
export function errorMessage(reason: DropReason, interfaceName: string): Json {
  const ofAll = protocolErrors[reason];
  if (ofAll !== undefined) {
    return { 'ietf-vrrp:vrrp-protocol-error-event': { 'protocol-error-reason': ofAll } };
  }
  const ofOne = routerErrors[reason];
  // A word that RFC 8347 does not have equals nothing that holo can say.
  if (ofOne === undefined) return { 'dropped-event': reason };
  return {
    'ietf-vrrp:vrrp-virtual-router-error-event': {
      interface: interfaceName,
      'virtual-router-error-reason': ofOne,
    },
  };
}

const protocolErrors: Readonly<Partial<Record<DropReason, string>>> = {
  version: 'version-error',
  'virtual-router-id': 'vrid-error',
  checksum: 'checksum-error',
};

const routerErrors: Readonly<Partial<Record<DropReason, string>>> = {
  'ip-ttl': 'ip-ttl-error',
  'advertisement-interval': 'interval-error',
  'address-list': 'address-list-error',
};

export function stateTree({ instances }: Snapshot): Json {
  if (instances.length === 0) return { 'ietf-interfaces:interfaces': {} };
  const list = (family: AddressFamily): Json[] =>
    instances
      .filter((one) => one.family === family)
      .map((one) => ({
        vrid: one.virtualRouterId,
        state: yangStates[one.state],
        'new-master-reason': reasonOf(one),
      }));
  const families = (['IPv4', 'IPv6'] as const).filter((family) => list(family).length > 0);
  const trees = families.map((family) => [
    yangFamilies[family],
    { 'ietf-vrrp:vrrp': { 'vrrp-instance': list(family) } },
  ]);
  const tree = Object.fromEntries(trees) as Readonly<Record<string, Json>>;
  return { 'ietf-interfaces:interfaces': { interface: [{ name: holoInterface, ...tree }] } };
}

/** The one interface of all of holo's cases. */
export const holoInterface = 'eth-sw1';

/** The RFC's machine has no Fault: an interface that is down leaves it in Initialize. */
const yangStates: Readonly<Record<StateName, string>> = {
  Initialize: 'initialize',
  Fault: 'initialize',
  Backup: 'backup',
  Master: 'master',
};

function reasonOf({ counters }: InstanceSnapshot): string {
  const { newMasterReason } = counters;
  return newMasterReason === 'master-no-response' ? 'no-response' : newMasterReason;
}

function octetsOf(mac: MacAddress): number[] {
  return mac.split(':').map((octet) => parseInt(octet, 16));
}
