/**
 * Where we do otherwise than holo, and by which rule. Each row is one exact
 * difference: what is not here fails, and so does a row that is no longer needed.
 */
import type { Difference } from './difference.ts';
import type { Json } from './recording.ts';

export interface Rule extends Difference {
  readonly cases: readonly string[];
  /** Where it is written. */
  readonly section: string;
  readonly reason: string;
}

/** What holo records that has nothing to do with VRRP; it is left out of every comparison. */
export const outsideVrrp: readonly { readonly field: string; readonly reason: string }[] = [
  {
    field: 'ibus InterfaceSub',
    reason: "holo asks its own daemon for interfaces; Baton's network port tells of them unasked",
  },
];

const reasonOf = (family: 4 | 6): string =>
  `state.ietf-interfaces:interfaces.interface[0].ietf-ip:ipv${String(family)}` +
  '.ietf-vrrp:vrrp.vrrp-instance[0].new-master-reason';

const newMasterEvent = 'notification ietf-vrrp:vrrp-new-master-event';
const heldAddress: Json = { ifname: 'mvlan4-vrrp-1', addr: '10.0.1.5/32' };

/** An advert of rt3 of v2-topo1-1. */
function advert(priority: number, ...addresses: readonly string[]): Json {
  const vrrp = {
    version: 'V2',
    hdr_type: 1,
    vrid: 1,
    priority,
    count_ip: addresses.length,
    adver_int: 1,
    checksum: 0,
    ip_addresses: addresses,
  };
  const total_length = 36 + 4 * addresses.length;
  return { packet: { ip: { total_length, src_address: '10.0.1.3' }, vrrp } };
}

const keepsReason = {
  holo: 'not-master',
  ours: 'no-response',
  section: 'RFC 8347 section 4, new-master-reason; RFC 6527 vrrpv3StatisticsNewMasterReason',
  reason:
    'It says why the router became Master the last time; not-master is for one that never was. ' +
    'holo forgets it when mastership ends.',
};

const preempted = {
  holo: 'no-response',
  ours: 'preempted',
  section: 'RFC 8347 section 4, new-master-reason; RFC 9568 section 6.4.2',
  reason:
    'The master did respond: rt2 with priority 20, whose advert rt3 discarded so as to preempt it. ' +
    'holo says no-response whenever the timer fires.',
};

const linkLocalSource = {
  section: 'RFC 9568 section 5.1.2.1',
  reason:
    "Over IPv6 the source is the interface's link-local address. holo fills in its first " +
    'address, which is of IPv4 here.',
};

const resigns = {
  holo: undefined,
  section: 'RFC 3768 section 6.4.3, Shutdown event',
  reason: 'A Master that ends sends priority 0 before Initialize; holo is silent.',
};

const letsGo = {
  field: 'ibus InterfaceIpDelRequest',
  holo: undefined,
  ours: heldAddress,
  section: 'RFC 3768 sections 6.4.2 and 6.4.3',
  reason:
    'Only the Master accepts packets to the addresses: they go as mastership goes. holo leaves ' +
    'them on the interface, or lets them go with it.',
};

const tellsOfChange = {
  holo: undefined,
  section: 'none: RFC 3768 knows no change of the address list',
  reason:
    'A backup of version 2 drops adverts whose address list is not its own (section 7.1), so the ' +
    'changed list is advertised at once. holo waits for its Adver_Timer.',
};

export const rules: readonly Rule[] = [
  {
    cases: ['v3-topo1-1/rt2', 'v3-topo1-1/rt3'],
    field: 'protocol Vrrp.packet.ip.total_length',
    holo: 36,
    ours: 80,
    section: 'RFC 9568 sections 5.1.2 and 5.2',
    reason:
      "An IPv6 header of 40 octets, and 8 + 2 * 16 of the message. holo's number is that of an " +
      'IPv4 header and of no address at all.',
  },
  {
    cases: ['v3-topo1-2/rt2', 'v3-topo1-2/rt3'],
    field: 'protocol Vrrp.packet.ip.total_length',
    holo: 44,
    ours: 36,
    section: 'RFC 9568 section 5.2',
    reason:
      'An IPv4 header of 20 octets, and 8 + 2 * 4 of the message: version 3 has no ' +
      'Authentication Data, whose 8 octets holo counts.',
  },
  {
    cases: ['v3-topo1-1/rt2'],
    field: 'protocol Vrrp.packet.ip.src_address',
    holo: '10.0.1.2',
    ours: 'fe80::5c96:acff:feab:7eae',
    ...linkLocalSource,
  },
  {
    cases: ['v3-topo1-1/rt2'],
    field: `${newMasterEvent}.master-ip-address`,
    holo: '10.0.1.2',
    ours: 'fe80::5c96:acff:feab:7eae',
    ...linkLocalSource,
  },
  {
    cases: ['v3-topo1-1/rt3'],
    field: 'protocol Vrrp.packet.ip.src_address',
    holo: '10.0.1.3',
    ours: 'fe80::e897:b8ff:fea6:1eb7',
    ...linkLocalSource,
  },
  {
    cases: ['v3-topo1-1/rt3'],
    field: `${newMasterEvent}.master-ip-address`,
    holo: '10.0.1.3',
    ours: 'fe80::e897:b8ff:fea6:1eb7',
    ...linkLocalSource,
  },
  {
    cases: ['v3-topo1-1/rt3', 'v3-topo1-2/rt3'],
    field: `${newMasterEvent}.new-master-reason`,
    ...preempted,
  },
  { cases: ['v3-topo1-1/rt3'], field: reasonOf(6), ...preempted },
  { cases: ['v3-topo1-2/rt3'], field: reasonOf(4), ...preempted },
  { cases: ['v3-topo1-1/rt2'], field: reasonOf(6), ...keepsReason },
  {
    cases: ['v3-topo1-2/rt2', 'ibus-iface-update1', 'ibus-iface-update2', 'packet3'],
    field: reasonOf(4),
    ...keepsReason,
  },
  { cases: ['ibus-iface-update1', 'ibus-iface-update2', 'nb-config-instance2'], ...letsGo },
  {
    cases: ['ibus-iface-update1', 'ibus-iface-update2', 'nb-config-instance2'],
    field: 'protocol Vrrp',
    ours: advert(0, '10.0.1.5'),
    ...resigns,
  },
  {
    cases: ['nb-config-virtual-addr1'],
    field: 'protocol Vrrp',
    ours: advert(30, '10.0.1.5', '10.0.1.6'),
    ...tellsOfChange,
  },
  {
    cases: ['nb-config-virtual-addr2'],
    field: 'protocol Vrrp',
    ours: advert(30),
    ...tellsOfChange,
  },
  {
    cases: ['nb-config-virtual-addr1'],
    field: 'protocol Arp',
    holo: undefined,
    ours: {
      vrid: 1,
      ifindex: 3,
      eth_hdr: {
        dst_mac: [255, 255, 255, 255, 255, 255],
        src_mac: [0, 0, 94, 0, 1, 1],
        ethertype: 2054,
      },
      arp_hdr: {
        sender_hw_address: [0, 0, 94, 0, 1, 1],
        sender_proto_address: '10.0.1.6',
        target_proto_address: '10.0.1.6',
      },
    },
    section: 'RFC 3768 section 6.4.2, by analogy',
    reason:
      'Who takes an address over broadcasts a gratuitous ARP for it; one that is added to a Master ' +
      'is taken over too. holo puts it on the interface and tells nobody.',
  },
];
