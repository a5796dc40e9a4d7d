/**
 * holo's configuration (the YANG module of RFC 8347) as Baton's, set so that both can
 * be compared: one gratuitous ARP an address, no answer to a worse master in
 * version 2, virtual MAC interfaces with holo's names.
 */
import { assert } from '../../src/base/assert.ts';
import { milliseconds, seconds, zero } from '../../src/base/units.ts';
import type { AddressFamily, InterfaceName, MacAddress } from '../../src/model/address.ts';
import { parseIp } from '../../src/model/address.ts';
import type { Config, InstanceConfig } from '../../src/model/config.ts';
import {
  announcementDefaults,
  emptyConfig,
  instanceDefaults,
  multicastTransport,
  virtualAddress,
} from '../../src/model/defaults.ts';
import type { JsonObject } from './recording.ts';

interface YangNode {
  '@'?: { 'yang:operation': 'none' | 'create' | 'delete' };
}

interface YangInstance extends YangNode {
  vrid: number;
  version?: 'vrrp-v2' | 'vrrp-v3';
  priority?: number;
  'advertise-interval-sec'?: number;
  'advertise-interval-centi-sec'?: number;
  'log-state-change'?: boolean;
  'virtual-ipv4-addresses'?: { 'virtual-ipv4-address': ({ 'ipv4-address': string } & YangNode)[] };
  'virtual-ipv6-addresses'?: { 'virtual-ipv6-address': ({ 'ipv6-address': string } & YangNode)[] };
}

interface YangFamily {
  'ietf-vrrp:vrrp'?: { 'vrrp-instance': YangInstance[] };
}

interface YangInterface {
  name: string;
  'ietf-ip:ipv4'?: YangFamily;
  'ietf-ip:ipv6'?: YangFamily;
}

export const yangFamilies = { IPv4: 'ietf-ip:ipv4', IPv6: 'ietf-ip:ipv6' } as const;

/** The interface with the virtual MAC address, as holo names it. */
export function macvlanName(family: AddressFamily, virtualRouterId: number): InterfaceName {
  const digit = family === 'IPv4' ? '4' : '6';
  return `mvlan${digit}-vrrp-${String(virtualRouterId)}` as InterfaceName;
}

export function configOf(configuration: JsonObject): Config {
  const instances = interfacesOf(configuration).flatMap((one) =>
    (['IPv4', 'IPv6'] as const).flatMap((family) =>
      instancesOf(one, family).map((instance) => instanceOf(instance, one.name, family)),
    ),
  );
  return { ...emptyConfig('holo'), instances };
}

/** The configuration after a change of holo's: instances and addresses come and go. */
export function changedConfig(config: Config, change: JsonObject): Config {
  let { instances } = config;
  for (const place of interfacesOf(change)) {
    for (const family of ['IPv4', 'IPv6'] as const) {
      for (const wanted of instancesOf(place, family)) {
        instances = changedInstances(instances, wanted, { place: place.name, family });
      }
    }
  }
  return { ...config, instances };
}

function changedInstances(
  instances: readonly InstanceConfig[],
  wanted: YangInstance,
  { place, family }: { place: string; family: AddressFamily },
): readonly InstanceConfig[] {
  const name = macvlanName(family, wanted.vrid);
  switch (wanted['@']?.['yang:operation']) {
    case 'create':
      return [...instances, instanceOf(wanted, place, family)];
    case 'delete':
      return instances.filter((one) => one.name !== name);
    case 'none':
    case undefined:
      return instances.map((one) => (one.name === name ? withAddresses(one, wanted) : one));
  }
}

function withAddresses(instance: InstanceConfig, change: YangInstance): InstanceConfig {
  let { virtualAddresses } = instance;
  for (const { text, operation } of addressesOf(change, instance.family)) {
    const address = parsed(text);
    if (operation === 'create') {
      virtualAddresses = [...virtualAddresses, virtualAddress(address, macvlan(instance))];
    } else {
      assert(operation === 'delete', `what is to be done with ${text}?`);
      virtualAddresses = virtualAddresses.filter((one) => one.address !== address);
    }
  }
  return { ...instance, virtualAddresses };
}

function instanceOf(instance: YangInstance, place: string, family: AddressFamily): InstanceConfig {
  const { vrid, priority = 100 } = instance;
  const version = family === 'IPv6' || instance.version === 'vrrp-v3' ? 3 : 2;
  const name = macvlanName(family, vrid);
  const base = place as InterfaceName;
  const macAddress = [0, 0, 0x5e, 0, family === 'IPv4' ? 1 : 2, vrid].map(hexOctet).join(':');
  return {
    ...instanceDefaults,
    name,
    interface: base,
    virtualRouterId: vrid,
    version,
    family,
    priority,
    virtualMac: {
      virtual: {
        name,
        base,
        kind: { type: 'macvlan', macAddress: macAddress as MacAddress },
        group: 0,
        family,
        linkLocal: null,
        notify: false,
      },
      transmitOnBase: false,
    },
    advertisementInterval:
      version === 2
        ? seconds(instance['advertise-interval-sec'] ?? 1)
        : milliseconds(10 * (instance['advertise-interval-centi-sec'] ?? 100)),
    transport: multicastTransport(family),
    checksum: { ...instanceDefaults.checksum, send: 'message' },
    // RFC 3768 section 6.4.3 discards a worse advert; RFC 9568 section 6.4.3 answers it.
    answerLowerPriority: version === 3,
    announcement: { ...announcementDefaults, delay: zero, repeat: 1, lowerPriorityRepeat: 0 },
    virtualAddresses: addressesOf(instance, family).map(({ text }) =>
      virtualAddress(parsed(text), name),
    ),
  };
}

function addressesOf(instance: YangInstance, family: AddressFamily) {
  const operationOf = (node: YangNode) => node['@']?.['yang:operation'] ?? null;
  if (family === 'IPv4') {
    const list = instance['virtual-ipv4-addresses']?.['virtual-ipv4-address'] ?? [];
    return list.map((one) => ({ text: one['ipv4-address'], operation: operationOf(one) }));
  }
  const list = instance['virtual-ipv6-addresses']?.['virtual-ipv6-address'] ?? [];
  return list.map((one) => ({ text: one['ipv6-address'], operation: operationOf(one) }));
}

function interfacesOf(tree: JsonObject): readonly YangInterface[] {
  const { interface: list = [] } = tree['ietf-interfaces:interfaces'] as unknown as {
    interface?: YangInterface[];
  };
  return list;
}

function instancesOf(place: YangInterface, family: AddressFamily): readonly YangInstance[] {
  return place[yangFamilies[family]]?.['ietf-vrrp:vrrp']?.['vrrp-instance'] ?? [];
}

function macvlan({ virtualMac, name }: InstanceConfig): InterfaceName {
  assert(virtualMac !== null, `${name} has no interface of its own`);
  return virtualMac.virtual.name;
}

function parsed(text: string) {
  const address = parseIp(text);
  assert(address !== null, `${text} is no address`);
  return address;
}

function hexOctet(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
